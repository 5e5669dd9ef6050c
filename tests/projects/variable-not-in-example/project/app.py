"""Reads three variables; the service cannot do without two of them."""

import os

from flask import Flask

app = Flask(__name__)
app.config["SECRET_KEY"] = os.environ["SESSION_KEY"]
UPSTREAM = os.environ["UPSTREAM_URL"]
LEVEL = os.getenv("LOG_LEVEL", "info")


@app.get("/health")
def health() -> dict[str, str]:
    return {"status": "ok"}
