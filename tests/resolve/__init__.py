"""Tests of resolution and of the install forecast."""
