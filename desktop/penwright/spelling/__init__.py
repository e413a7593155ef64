"""Spelling: which words are looked at, the dictionaries on this machine, and the process that reads them."""
