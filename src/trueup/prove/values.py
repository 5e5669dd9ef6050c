"""Plausible values for the variables that a service needs. They are made here, used once, and never shown."""

from __future__ import annotations

import base64
import json
import re
import secrets
import string
from collections.abc import Iterable

from trueup.sourcecode.environment import EnvironmentVariable

BOT_FRAMEWORKS = frozenset({"aiogram", "python-telegram-bot", "pyTelegramBotAPI", "discord.py"})
_BOT_TOKEN = re.compile(r"TOKEN")
_LENGTH = re.compile(r"(?:at (least|most) )?(\d+) (bytes|characters)")


def plausible(name: str, kind: str, hints: Iterable[str]) -> str:
    """A value of the kind and form that the code demands; see `EnvironmentVariable`."""
    hints = tuple(hints)
    joined = " ".join(hints)
    if "base64" in joined or "hexadecimal" in joined:
        return _encoded(hints, joined)
    if "JSON" in joined:
        return json.dumps({"type": "service_account", "project_id": "proof", "client_email": "proof@example.com"})
    by_kind = {
        "boolean": "false",
        "number": "1",
        "port": "8080",
        "host": "localhost",
        "url": f"https://example.com/{name.lower().replace('_', '-')}",
        "email": "proof@example.com",
        "list": "https://example.com",
        "path": "proof-data",
    }
    if kind in by_kind:
        return _fitted(by_kind[kind], hints) if kind in ("url", "email", "path") else by_kind[kind]
    return _fitted(_by_name(name), hints)


def _by_name(name: str) -> str:
    """A value by what the name says: tokens with the shape that libraries check, else random characters."""
    upper = name.upper()
    if "TELEGRAM" in upper and "TOKEN" in upper:
        return telegram_token()
    if "OPENAI" in upper:
        return f"sk-{_random(48)}"
    if "STRIPE" in upper:
        return f"sk_test_{_random(24)}"
    if "EMAIL" in upper or upper.endswith("_USER"):
        return "proof@example.com"
    if "TOPIC" in upper:
        return "projects/proof/topics/proof"
    return _random(48)


def telegram_token() -> str:
    """A token of the form that the Bot API gives: digits, a colon, 35 characters (core.telegram.org/bots/api)."""
    return f"{secrets.randbelow(9 * 10**8) + 10**8}:{_random(35)}"


def _random(length: int) -> str:
    alphabet = string.ascii_letters + string.digits
    return "".join(secrets.choice(alphabet) for _ in range(length))


def _encoded(hints: tuple[str, ...], joined: str) -> str:
    sizes = [int(match[2]) for hint in hints if (match := _LENGTH.search(hint)) and match[3] == "bytes"]
    raw = secrets.token_bytes(sizes[0] if sizes else 32)
    if "hexadecimal" in joined:
        return raw.hex()
    return (base64.urlsafe_b64encode if "URL-safe" in joined else base64.b64encode)(raw).decode()


def _fitted(value: str, hints: tuple[str, ...]) -> str:
    """The value, cut or lengthened to the characters that the code demands."""
    for hint in hints:
        match = _LENGTH.search(hint)
        if match is None:
            continue
        size = int(match[2])
        if match[1] != "least":
            value = value[:size]
        if match[1] != "most" and len(value) < size:
            value += _random(size - len(value))
    return value


def is_bot_token(variable: EnvironmentVariable) -> bool:
    """Whether a variable is the token of a bot, which only the bot's platform can issue."""
    return variable.kind == "secret" and _BOT_TOKEN.search(variable.name.upper()) is not None


def read_env_file(text: str) -> dict[str, str]:
    """The variables of an env file: NAME=VALUE lines, quotes around values, comments.

    Raises:
        ValueError: a line is neither empty, a comment, nor NAME=VALUE; the text tells the line's number.
    """
    found: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), 1):
        stripped = line.strip().removeprefix("export ").strip()
        if not stripped or stripped.startswith("#"):
            continue
        name, equals, value = stripped.partition("=")
        if not equals or not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name.strip()):
            raise ValueError(f"line {number} is not NAME=VALUE")
        value = value.strip()
        if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'":
            value = value[1:-1]
        else:
            value = re.sub(r"\s+#.*$", "", value)
        found[name.strip()] = value
    return found
