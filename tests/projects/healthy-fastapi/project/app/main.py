"""A service with a router below a prefix."""

from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware

from app.health import router
from app.settings import settings

app = FastAPI()
app.add_middleware(
    CORSMiddleware,
    allow_origins=[settings.frontend_url],
    allow_credentials=True,
)
app.include_router(router, prefix="/api")
