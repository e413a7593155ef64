"""The window. The only place besides app that imports PySide6."""
