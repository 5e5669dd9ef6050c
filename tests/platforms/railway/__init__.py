"""Tests of the Railway platform."""
