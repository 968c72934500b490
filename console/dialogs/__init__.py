"""Drawers that ask for something: a reason, a choice, a form."""
