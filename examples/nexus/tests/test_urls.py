import os

os.environ.setdefault("DATABASE_URL", "postgresql://localhost/nexus")
os.environ.setdefault("REDIS_URL", "redis://localhost:6379/0")
os.environ.setdefault("SECRET_KEY", "test")

from core.database import async_url


def test_async_url():
    assert async_url("postgres://host/name") == "postgresql+asyncpg://host/name"
