"""Storms: reports by the thousand while consoles are open, and a hundred thousand tickets overdue at once."""
