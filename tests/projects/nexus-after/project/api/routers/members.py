from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict
from sqlalchemy import select

from core.database import Member, Session

router = APIRouter(prefix="/members", tags=["members"])


class MemberOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: int
    name: str


@router.get("")
async def listing() -> list[MemberOut]:
    async with Session() as session:
        return [MemberOut.model_validate(member) for member in await session.scalars(select(Member))]


@router.post("", status_code=201)
async def join(name: str) -> MemberOut:
    async with Session() as session:
        member = Member(name=name)
        session.add(member)
        await session.commit()
        return MemberOut.model_validate(member)
