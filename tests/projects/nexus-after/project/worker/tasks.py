"""Tasks that run in the worker."""

import structlog

from core.settings import get_settings
from worker.app import app

log = structlog.get_logger()


@app.task
def heartbeat() -> str:
    log.info("heartbeat")
    return "alive"


@app.task
def digest() -> int:
    log.info("digest")
    return 0


@app.task
def summarize(text: str) -> str:
    key = get_settings().openai_api_key
    if not key:
        return text[:80]
    from openai import OpenAI

    client = OpenAI(api_key=key)
    answer = client.chat.completions.create(
        model="gpt-4o-mini", messages=[{"role": "user", "content": f"Summarize: {text}"}]
    )
    return answer.choices[0].message.content or ""
