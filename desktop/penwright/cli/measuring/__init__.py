"""What `penwright bench` measures, each kind of figure in a module of its own.

Everything is asked of the engine as the window asks it, through the worker; only the raw loop and what keeps
the cores busy are processes beside it. llama_cpp is not loaded here.
"""
