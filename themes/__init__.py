"""How it looks: Textual themes and style sheets, no logic."""
