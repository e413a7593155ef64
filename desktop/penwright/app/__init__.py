"""The composition root: the only room that builds the program's objects and joins them."""
