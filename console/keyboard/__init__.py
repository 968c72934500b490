"""Keys: the one table of what they do, the officer's own keymap, and how keys reach the action they were meant for."""
