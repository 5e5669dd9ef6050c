"""Push notifications from Gmail's topic."""

from fastapi import APIRouter, Request

from app.services.notifications import history_id

router = APIRouter(prefix="/gmail", tags=["gmail"])


@router.post("/webhook", status_code=202)
async def webhook(request: Request) -> dict[str, str]:
    return {"history_id": history_id(await request.json())}
