"""Lighthouse's backend: `python main.py`."""

import uvicorn
from fastapi import FastAPI

from routers import accounts, notes
from settings import settings

app = FastAPI(title="Lighthouse")
app.include_router(accounts.router)
app.include_router(notes.router)


@app.get("/health")
async def health_check() -> dict[str, str]:
    return {"status": "healthy"}


if __name__ == "__main__":
    uvicorn.run(app, host="0.0.0.0", port=settings.port)
