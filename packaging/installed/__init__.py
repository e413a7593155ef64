"""The installed program, tried as its users have it. Standard library only, as in devtools."""
