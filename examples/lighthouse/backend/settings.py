from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    mongodb_url: str
    secret_key: str
    openai_api_key: str
    database_name: str = "lighthouse"
    port: int = 10000


settings = Settings()
