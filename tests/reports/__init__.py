"""Reports, each held by the validator of its own format."""
