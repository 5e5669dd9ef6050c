"""Sign-in by form; a signed token comes back."""

from datetime import UTC, datetime, timedelta

from fastapi import APIRouter, Form
from jose import jwt

from app.config import get_settings

router = APIRouter(prefix="/tokens", tags=["tokens"])


@router.post("")
async def create(email: str = Form()) -> dict[str, str]:
    claims = {"sub": email, "exp": datetime.now(UTC) + timedelta(hours=1)}
    return {"access_token": jwt.encode(claims, get_settings().jwt_secret_key, algorithm="HS256")}
