"""Settings, all from the environment."""

import base64
from functools import lru_cache

from pydantic import field_validator
from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    database_url: str
    jwt_secret_key: str
    encryption_key: str
    gmail_webhook_url: str
    gmail_pubsub_topic: str
    gmail_pubsub_service_account: str

    host: str = "0.0.0.0"
    port: int = 8000
    environment: str = "development"
    default_tenant_id: str = "default"

    @field_validator("encryption_key")
    @classmethod
    def thirty_two_bytes(cls, value: str) -> str:
        if len(base64.b64decode(value)) != 32:
            raise ValueError("ENCRYPTION_KEY must be 32 bytes, base64")
        return value


@lru_cache
def get_settings() -> Settings:
    return Settings()
