"""Documents of other programs, out and in: one model between Markdown and the formats. No Qt."""
