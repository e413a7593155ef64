"""Which models are on this machine, and what their files say of themselves. No Qt."""
