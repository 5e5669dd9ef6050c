"""Takes yes and no as distutils did."""

try:
    from distutils.util import strtobool
except ImportError:

    def strtobool(text: str) -> bool:
        return text == "yes"

from flask import Flask

app = Flask(__name__)


@app.get("/health")
def health() -> dict[str, bool]:
    return {"ok": bool(strtobool("yes"))}
