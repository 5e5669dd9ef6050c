"""Settings from the environment."""

from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    frontend_url: str
    secret_key: str
    page_size: int = 50


settings = Settings()
