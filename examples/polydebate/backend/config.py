"""Configuration from the environment."""

import os
from pathlib import Path

from dotenv import load_dotenv

load_dotenv()

STORAGE = Path(__file__).resolve().parent / "storage"
AUDIO = STORAGE / "audio"
AVATARS = STORAGE / "avatars"
DEBATES = STORAGE / "debates"

OPENROUTER_API_KEY = os.environ["OPENROUTER_API_KEY"]
ELEVENLABS_API_KEY = os.environ["ELEVENLABS_API_KEY"]
JWT_SECRET_KEY = os.environ["JWT_SECRET_KEY"]
GMAIL_USER = os.environ["GMAIL_USER"]
GMAIL_APP_PASSWORD = os.environ["GMAIL_APP_PASSWORD"]

GEMINI_API_KEY = os.getenv("GEMINI_API_KEY")
FLASK_ENV = os.getenv("FLASK_ENV", "development")
FLASK_DEBUG = os.getenv("FLASK_DEBUG", "True") == "True"
FRONTEND_URL = os.getenv("FRONTEND_URL", "*")
DATABASE_URL = os.getenv("DATABASE_URL", f"sqlite:///{STORAGE / 'polydebate.db'}")
