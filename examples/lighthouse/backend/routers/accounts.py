from datetime import datetime, timedelta, timezone

from fastapi import APIRouter, HTTPException
from jose import jwt
from passlib.context import CryptContext
from pydantic import BaseModel

from database import database
from settings import settings

router = APIRouter(prefix="/accounts", tags=["accounts"])
passwords = CryptContext(schemes=["argon2"])


class Credentials(BaseModel):
    name: str
    password: str


@router.post("", status_code=201)
async def register(credentials: Credentials) -> dict[str, str]:
    if await database.accounts.find_one({"_id": credentials.name}):
        raise HTTPException(409, "this name is taken")
    await database.accounts.insert_one({"_id": credentials.name, "password": passwords.hash(credentials.password)})
    return {"name": credentials.name}


@router.post("/token")
async def token(credentials: Credentials) -> dict[str, str]:
    account = await database.accounts.find_one({"_id": credentials.name})
    if account is None or not passwords.verify(credentials.password, account["password"]):
        raise HTTPException(401, "name or password is wrong")
    claims = {"sub": credentials.name, "exp": datetime.now(timezone.utc) + timedelta(hours=12)}
    return {"access_token": jwt.encode(claims, settings.secret_key, algorithm="HS256")}
