"""Maya's backend."""
