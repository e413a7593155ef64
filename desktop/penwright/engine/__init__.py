"""The engine: a worker process on llama.cpp, and the conversation with it. No Qt."""
