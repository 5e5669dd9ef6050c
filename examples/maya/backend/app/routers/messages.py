"""Messages of a tenant, stored encrypted."""

from fastapi import APIRouter, Depends
from pydantic import BaseModel
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.config import get_settings
from app.database import Message, session
from app.encryption import decrypt, encrypt
from app.guardians.limits import refuse_oversized

router = APIRouter(prefix="/messages", tags=["messages"])


class NewMessage(BaseModel):
    body: str
    tenant_id: str | None = None


@router.post("", status_code=201)
async def create(new: NewMessage, database: AsyncSession = Depends(session)) -> dict[str, int]:
    refuse_oversized(new.body)
    message = Message(tenant_id=new.tenant_id or get_settings().default_tenant_id, body=encrypt(new.body))
    database.add(message)
    await database.commit()
    return {"id": message.id}


@router.get("")
async def listing(tenant_id: str, database: AsyncSession = Depends(session)) -> list[str]:
    found = await database.scalars(select(Message).where(Message.tenant_id == tenant_id).order_by(Message.id))
    return [decrypt(message.body) for message in found]
