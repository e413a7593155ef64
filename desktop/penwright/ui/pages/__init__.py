"""Documents as pages: set in type, on paper, as PDF, in a preview."""
