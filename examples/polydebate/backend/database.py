"""The database: SQLite in storage/ unless DATABASE_URL says otherwise."""

from sqlalchemy import Text, create_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, sessionmaker

import config


class Base(DeclarativeBase):
    pass


class Debate(Base):
    __tablename__ = "debates"

    id: Mapped[int] = mapped_column(primary_key=True)
    question: Mapped[str] = mapped_column(Text)
    transcript: Mapped[str] = mapped_column(Text, default="")


url = config.DATABASE_URL.replace("postgres://", "postgresql://", 1)
engine = create_engine(url, pool_pre_ping=True)
Session = sessionmaker(engine)


def create_tables() -> None:
    for folder in (config.AUDIO, config.AVATARS, config.DEBATES):
        folder.mkdir(parents=True, exist_ok=True)
    Base.metadata.create_all(engine)
