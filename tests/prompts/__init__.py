"""What models are asked: golden prompts of the bundled styles, and of each format of conversations."""
