"""Keeps visits in SQLite and takes uploads."""

import sqlite3
from pathlib import Path

from flask import Flask, request

app = Flask(__name__)
app.config["UPLOAD_FOLDER"] = str(Path(__file__).parent / "uploads")
visits = sqlite3.connect("visits.db")


@app.get("/health")
def health() -> dict[str, str]:
    return {"status": "ok"}


@app.post("/photos")
def photos() -> tuple[str, int]:
    request.files["photo"].save(app.config["UPLOAD_FOLDER"] + "/photo.png")
    return "", 204
