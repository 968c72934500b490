"""One fault class after the other, for as long as one likes: tried, survived, lost."""
