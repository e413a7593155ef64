"""The developer commands behind dev.py; standard library only."""
