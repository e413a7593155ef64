"""The starter model, made from public-domain text: from a corpus to a GGUF by one command, build.py."""
