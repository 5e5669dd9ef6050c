"""The package index: client, cache, wheel selection, metadata."""
