"""Railpack."""
