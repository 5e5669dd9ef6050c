"""Models and sessions."""

from datetime import datetime

from sqlalchemy import DateTime, String, func
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from core.settings import get_settings


class Base(DeclarativeBase):
    pass


class Member(Base):
    __tablename__ = "members"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    joined: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())


def async_url(url: str) -> str:
    for prefix in ("postgres://", "postgresql://"):
        if url.startswith(prefix):
            return "postgresql+asyncpg://" + url.removeprefix(prefix)
    return url


engine = create_async_engine(async_url(get_settings().database_url), pool_pre_ping=True)
Session = async_sessionmaker(engine, expire_on_commit=False)
