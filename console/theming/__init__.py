"""Themes: what is written in their files, which there are, which one was chosen. Only `live` knows the screen."""
