"""The recovery journal: what was written since the last save, so that no crash costs it."""
