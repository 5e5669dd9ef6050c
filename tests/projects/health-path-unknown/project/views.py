"""Adds what a list says."""

from flask import Flask


def add_views(app: Flask) -> None:
    for name in ("status", "version"):
        app.add_url_rule(f"/{name}", name, lambda name=name: name)
