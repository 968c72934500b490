"""Training in the console: the menu of scenarios, the coach beside the screen, the result."""
