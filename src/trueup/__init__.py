"""trueup trues up a Python service with the platform that will host it: predict, diagnose, repair, prove."""

__version__ = "0.1.0"

HOME: str | None = None
"""The address at which trueup is published; None as long as it is not: then nothing says that it could be had there.
Whoever publishes it writes the address here. SARIF carries it from then on, and a test names the pages to complete."""
