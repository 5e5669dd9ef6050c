"""Tests of `trueup init`."""
