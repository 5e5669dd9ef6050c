"""Imports a distribution that nothing brings, and a module as if the program were started in this folder."""

from flask import Flask
from flask_cors import CORS
from prices import PRICES

app = Flask(__name__)
CORS(app, origins=["https://shop.example"])


@app.get("/health")
def health() -> dict[str, int]:
    return PRICES
