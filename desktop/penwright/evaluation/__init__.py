"""How good suggestions are, counted on text: pure rules and counts, with whatever answers passed in."""
