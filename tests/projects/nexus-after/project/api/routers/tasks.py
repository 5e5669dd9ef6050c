from fastapi import APIRouter

from worker.tasks import summarize

router = APIRouter(prefix="/tasks", tags=["tasks"])


@router.post("/summaries", status_code=202)
def create_summary(text: str) -> dict[str, str]:
    return {"id": summarize.delay(text).id}
