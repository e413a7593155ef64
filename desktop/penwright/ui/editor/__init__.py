"""The sheet: the text widget, ghost text, keys and input methods."""
