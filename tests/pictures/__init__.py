"""The pictures of the documentation, drawn by the console itself on the demo street: `python -m tests.pictures`."""
