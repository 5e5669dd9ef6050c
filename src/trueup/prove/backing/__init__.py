"""Backing services for proofs, one file a kind: a container, else a local server, else a server from a wheel."""
