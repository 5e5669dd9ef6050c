"""Recorded failures, and the script that makes them."""
