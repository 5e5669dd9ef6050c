"""Rows about platforms that only a proof needs."""
