"""What Maya refuses to take in."""

from fastapi import HTTPException

LARGEST_MESSAGE = 64_000


def refuse_oversized(body: str) -> None:
    if len(body) > LARGEST_MESSAGE:
        raise HTTPException(413, "the message is too large")
