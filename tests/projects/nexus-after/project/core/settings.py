"""Settings of every service, from the environment."""

from functools import lru_cache

from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_file=".env", extra="ignore")

    database_url: str
    redis_url: str
    secret_key: str
    telegram_bot_token: str = ""
    telegram_api_url: str = "https://api.telegram.org"
    openai_api_key: str = ""
    environment: str = "development"


@lru_cache
def get_settings() -> Settings:
    return Settings()
