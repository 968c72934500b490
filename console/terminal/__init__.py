"""The terminal and the line to it: what it can show, what it answers, how cells reach it and how the program ends."""
