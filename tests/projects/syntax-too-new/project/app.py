"""Uses what came with Python 3.12 and 3.11."""

from datetime import UTC, datetime

from flask import Flask

app = Flask(__name__)


@app.get("/health")
def health() -> dict[str, str]:
    return {"now": datetime.now(UTC).isoformat()}
