"""Windows beside the sheet. None of them stops anybody from writing."""
