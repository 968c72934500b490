"""The screens of the console, one per F-key."""
