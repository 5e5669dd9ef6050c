"""Nexus's API: `uvicorn api.main:app`."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from fastapi.responses import ORJSONResponse
from redis.asyncio import Redis
from sqlalchemy import text

from api.routers import members, tasks
from core.database import Base, engine
from core.settings import get_settings


@asynccontextmanager
async def lifespan(application: FastAPI) -> AsyncIterator[None]:
    application.state.redis = Redis.from_url(get_settings().redis_url)
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    yield
    await application.state.redis.aclose()
    await engine.dispose()


app = FastAPI(title="Nexus", lifespan=lifespan, default_response_class=ORJSONResponse)
app.include_router(members.router)
app.include_router(tasks.router)


@app.get("/health")
async def health() -> dict[str, str]:
    async with engine.connect() as connection:
        await connection.execute(text("select 1"))
    await app.state.redis.ping()
    return {"status": "ok"}
