"""trueup trues up a Python service with the platform that will host it: predict, diagnose, repair, prove."""

__version__ = "0.1.0"
