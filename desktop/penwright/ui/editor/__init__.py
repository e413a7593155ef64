"""The sheet: the text widget, ghost text, keys and input methods, line height, Markdown formats."""
