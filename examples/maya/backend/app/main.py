"""The application: `uvicorn app.main:app`."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from slowapi import Limiter, _rate_limit_exceeded_handler
from slowapi.errors import RateLimitExceeded
from slowapi.util import get_remote_address
from sqlalchemy import text

from app.config import get_settings
from app.database import Base, engine
from app.routers import gmail, messages, tokens

settings = get_settings()


@asynccontextmanager
async def lifespan(_: FastAPI) -> AsyncIterator[None]:
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    yield
    await engine.dispose()


app = FastAPI(title="Maya", lifespan=lifespan)
app.state.limiter = Limiter(key_func=get_remote_address, default_limits=["120/minute"])
app.add_exception_handler(RateLimitExceeded, _rate_limit_exceeded_handler)
app.include_router(messages.router)
app.include_router(tokens.router)
app.include_router(gmail.router)


@app.get("/health")
async def health() -> dict[str, str]:
    async with engine.connect() as connection:
        await connection.execute(text("select 1"))
    return {"status": "healthy", "environment": settings.environment}
