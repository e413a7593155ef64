"""What every other layer stands on: errors, folders, files, the text catalogue."""
