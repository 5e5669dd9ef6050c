"""What the code says without running it."""
