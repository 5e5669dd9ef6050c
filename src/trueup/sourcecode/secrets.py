"""Secrets in the text of files: by the shape of their kind, or by a name and a random-looking value.

Only kind and line are kept, never the value. Shapes by the issuers' own pages:
https://docs.github.com/en/code-security/secret-scanning/introduction/supported-secret-scanning-patterns,
https://docs.stripe.com/keys, https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html,
https://core.telegram.org/bots/api#authorizing-your-bot (read 2026-11-20).
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from trueup.model.project import SourceFile

LARGEST = 256 * 1024
_SHAPES: tuple[tuple[str, bytes, re.Pattern[str]], ...] = (
    ("an AWS access key", b"AKIA", re.compile(r"\bAKIA[0-9A-Z]{16}\b")),
    ("a Stripe live key", b"k_live_", re.compile(r"\b[rs]k_live_[0-9A-Za-z]{20,}\b")),
    ("an Anthropic key", b"sk-ant-", re.compile(r"\bsk-ant-[\w-]{40,}")),
    ("an OpenAI key", b"sk-", re.compile(r"\bsk-(?:proj-[\w-]{40,}|[A-Za-z0-9]{48}\b)")),
    ("a GitHub token", b"gh", re.compile(r"\bgh[pousr]_[A-Za-z0-9]{36}\b")),
    ("a GitHub token", b"github_pat_", re.compile(r"\bgithub_pat_\w{60,}")),
    ("a Slack token", b"xox", re.compile(r"\bxox[abprs]-[0-9]{8,}-[0-9A-Za-z-]{20,}")),
    ("a Google API key", b"AIza", re.compile(r"\bAIza[\w-]{35}(?![\w-])")),
    ("a SendGrid key", b"SG.", re.compile(r"\bSG\.[\w-]{22}\.[\w-]{43}(?![\w-])")),
    ("a Telegram bot token", b":AA", re.compile(r"\b[0-9]{8,10}:AA[\w-]{33}(?![\w-])")),
    (
        "a private key",
        b"PRIVATE KEY-----",
        re.compile(r"-----BEGIN (?:\w+ )?PRIVATE KEY-----\\?n?\s*[A-Za-z0-9+/=]{40,}"),
    ),
    (
        "a database URL with its password",
        b"://",
        re.compile(
            r"\b(?:postgres(?:ql)?|mysql|mongodb(?:\+srv)?|rediss?|amqps?)(?:\+\w+)?://[\w.-]*:([^\s:@/'\"]{8,})@([\w.-]+)"
        ),
    ),
)
_PLACEHOLDER = re.compile(
    r"(?i)example|your|change|placeholder|dummy|fake|sample|test|xxx|<|>|\$|\{|\}|password|passwd|secret|localhost|1234|abcd"
)
_LOCAL_HOST = re.compile(
    r"(?i)^(localhost|127\.0\.0\.1|0\.0\.0\.0|db|database|postgres|mysql|redis|mongo\w*|rabbitmq|host)$"
)


@dataclass(frozen=True, slots=True)
class CommittedSecret:
    """One place that holds what looks like a real secret."""

    kind: str
    line: int


def looks_random(value: str) -> bool:
    """Whether a value looks made by a generator: long, with letters and digits, without a placeholder's words."""
    if len(value) < 16 or len(value) > 4000 or _PLACEHOLDER.search(value) or " " in value:
        return False
    return _entropy(value) > 3.3 and any(c.isdigit() for c in value) and any(c.isalpha() for c in value)


def _entropy(text: str) -> float:
    """Shannon's entropy of the characters, in bits."""
    return -sum(n / len(text) * math.log2(n / len(text)) for n in Counter(text).values())


@lru_cache(maxsize=4096)
def committed_secrets(file: SourceFile) -> tuple[CommittedSecret, ...]:
    """The secrets that a file's text holds, by their shape; at most one for each line, and twenty in all."""
    if file.problem or len(file.data) > LARGEST or not file.data:
        return ()
    found: dict[int, CommittedSecret] = {}
    for kind, mark, pattern in _SHAPES:
        if mark not in file.data:
            continue
        for line, text in _matches(file.text, pattern):
            if len(found) < 20:
                found.setdefault(line, CommittedSecret(kind, line))
            del text
    return tuple(found[line] for line in sorted(found))


def _matches(text: str, pattern: re.Pattern[str]) -> Iterator[tuple[int, str]]:
    counted, line = 0, 1
    for match in pattern.finditer(text):
        value = match.group(1) if pattern.groups else match.group()
        if pattern.groups and (_LOCAL_HOST.match(match.group(2)) or "." not in match.group(2)):
            continue
        body = value.rpartition("-----")[2] if value.startswith("-----") else value
        if _PLACEHOLDER.search(body) or _entropy(body) < (2.5 if pattern.groups else 3.0):
            continue
        line, counted = line + text.count("\n", counted, match.start()), match.start()
        yield line, value
