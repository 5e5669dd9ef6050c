"""A service that is in debug mode unless it is told otherwise."""

import os

from fastapi import FastAPI

DEBUG = os.getenv("DEBUG", "true").lower() in ("1", "true", "yes")
app = FastAPI(debug=DEBUG)


@app.get("/health")
def health() -> dict[str, str]:
    return {"status": "ok"}
