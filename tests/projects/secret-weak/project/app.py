"""A small service."""

import os

from flask import Flask

app = Flask(__name__)
app.config["SECRET_KEY"] = os.getenv("SECRET_KEY", "dev")


@app.get("/health")
def health() -> dict[str, str]:
    return {"status": "ok"}
