"""Tests of what the code says without running it."""
