"""Tests of the log rules and their engine."""
