"""llama.cpp through its low-level bindings: the only room that imports llama_cpp.

Facts that this stands on are told in CONTRIBUTING.md under "What llama.cpp does".
"""
