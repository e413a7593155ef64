"""Installers: the bundle, and what is made from it for each system. Standard library only, as in devtools."""
