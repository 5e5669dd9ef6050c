"""Tests of `trueup env`."""
