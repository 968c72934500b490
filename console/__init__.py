"""What people and scripts touch: the Textual app and the commands."""
