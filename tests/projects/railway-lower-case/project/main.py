"""A small service."""

from fastapi import FastAPI

app = FastAPI()


@app.get("/health")
def health() -> dict[str, str]:
    """Say that it works."""
    return {"status": "ok"}
