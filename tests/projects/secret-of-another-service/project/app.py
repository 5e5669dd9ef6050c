"""A small shop."""

import os

from flask import Flask

STRIPE_TEST_SECRET_KEY = "sk_test_not_a_real_one"
SECRET_KEY = os.environ.get("SECRET_KEY")
if not SECRET_KEY and os.environ.get("STAGE") != "production":
    SECRET_KEY = "only for development"

app = Flask(__name__)
app.secret_key = SECRET_KEY


@app.get("/")
def index() -> str:
    """Greet."""
    return "shop"
