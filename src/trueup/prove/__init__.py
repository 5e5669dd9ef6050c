"""Proof: build as the platform does, boot on real parts, probe. The only part of trueup that runs a project's code."""
