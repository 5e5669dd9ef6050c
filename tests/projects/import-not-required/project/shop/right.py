"""Does without what is not there."""

from flask import Flask

from shop.prices import PRICES

try:
    from flask_cors import CORS
except ImportError:
    CORS = None

app = Flask(__name__)


@app.get("/health")
def health() -> dict[str, int]:
    return PRICES
