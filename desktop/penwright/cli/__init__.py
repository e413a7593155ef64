"""The command line: the same engine and rules as the window, without Qt."""
