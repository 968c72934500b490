"""What calls the officer: banner, title and sound within a budget, and what changed since the officer last looked."""
