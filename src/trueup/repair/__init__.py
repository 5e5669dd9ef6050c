"""Repairs: planned, previewed, applied, undone."""
