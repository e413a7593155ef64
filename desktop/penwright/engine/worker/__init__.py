"""What runs in the worker's process alone: llama.cpp, the cache, and how a request becomes answers."""
