"""Tests of Nixpacks."""
