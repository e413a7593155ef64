"""What is looked at once a text is written: what the writer has to check, whether a style was kept."""

from penwright.core.checking.after import check, marks
from penwright.core.checking.finding import Finding

__all__ = ["Finding", "check", "marks"]
