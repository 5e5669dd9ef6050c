"""Tests of the minimal version changes and of their certificates."""
