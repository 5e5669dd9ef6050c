from fastapi import APIRouter
from pydantic import BaseModel

from database import database

router = APIRouter(prefix="/notes", tags=["notes"])


class Note(BaseModel):
    title: str
    body: str = ""
    tags: list[str] = []


@router.post("", status_code=201)
async def create(note: Note) -> dict[str, str]:
    inserted = await database.notes.insert_one(note.model_dump())
    return {"id": str(inserted.inserted_id)}


@router.get("")
async def listing(tag: str | None = None) -> list[Note]:
    query = {"tags": tag} if tag else {}
    return [Note(**found) async for found in database.notes.find(query).limit(100)]
