"""Penwright: an offline writing desk that writes with you, on this machine alone."""

__version__ = "0.1.0"
