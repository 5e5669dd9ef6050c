"""Takes yes and no as distutils did."""

from distutils.util import strtobool

from flask import Flask

app = Flask(__name__)


@app.get("/health")
def health() -> dict[str, bool]:
    return {"ok": bool(strtobool("yes"))}
