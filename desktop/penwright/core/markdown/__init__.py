"""Markdown as it is written: what each line is, what stands in it, and how it goes on."""
