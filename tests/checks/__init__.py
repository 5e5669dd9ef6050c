"""Checks on contexts made from texts."""
