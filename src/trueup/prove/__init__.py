"""Proofs: build, boot, probe."""
