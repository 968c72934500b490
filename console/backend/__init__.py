"""Fills the console's ports from core and data: the only part of the console that knows the store."""
