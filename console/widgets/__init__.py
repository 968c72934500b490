"""Widgets of the console. They know nothing of the store: what they show is handed to them through ports."""
