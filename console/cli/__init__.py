"""The commands: a file per noun, imported only when that noun is asked for. None of them loads the screen."""
