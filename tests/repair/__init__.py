"""Repairs: what is offered, how it is written, and how it is taken back."""
