"""Settings and documents on disk. No Qt."""
