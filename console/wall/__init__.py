"""The wall: one screen in large type that goes from page to page by itself. It only reads."""
