"""Tests of the Render platform."""
