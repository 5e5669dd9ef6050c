"""The full dependency set for a target, and what becomes of each distribution on it."""
