"""No line of a log is repeated with a secret in it."""

from __future__ import annotations

import re

HIDDEN = "•••"

_PATTERNS = (
    # scheme://user:password@host and scheme://token@host
    (
        re.compile(r"(?P<keep>\b[a-zA-Z][\w+.-]{1,30}://)[^\s/@:'\"]{0,200}(?::[^\s@'\"]{0,300})?@"),
        rf"\g<keep>{HIDDEN}@",
    ),
    # NAME=value, "name": "value", name: value of a secret-like name
    (
        re.compile(
            r"(?P<keep>\b[\w.-]{0,60}(?:secret|token|passw(?:or)?d|passphrase|api[_-]?key|apikey|access[_-]?key"
            r"|private[_-]?key|encryption[_-]?key|credential|signature|dsn|authorization|cookie|session[_-]?id)[\w-]{0,40}"
            r"['\"]?\]?\s{0,3}(?:=(?!=)|:(?![:/]))\s{0,3})(?:(?:Bearer|Basic|Token)\s+)?"
            r"(?P<quote>['\"]?)(?!\s|['\"]|<|\$\{?[A-Z]|os\.|environ|getenv|config\(|None\b|str\b|int\b|Field\b|Input\b)"
            r"[^\s'\",;)}\]]{3,}",
            re.IGNORECASE,
        ),
        rf"\g<keep>\g<quote>{HIDDEN}",
    ),
    # input_value='…' of a settings validation
    (
        re.compile(r"(?P<keep>\binput(?:_value)?=)(?:'[^']{0,2000}'|\"[^\"]{0,2000}\"|\{[^}]{0,2000}\}?)"),
        rf"\g<keep>{HIDDEN}",
    ),
    (re.compile(r"\b(?:Bearer|Basic)\s+[A-Za-z0-9._~+/=-]{12,}"), HIDDEN),
    (
        re.compile(r"--(?P<keep>password|token|api-key|secret|passphrase)(?P<gap>[= ])\S+", re.IGNORECASE),
        rf"--\g<keep>\g<gap>{HIDDEN}",
    ),
    (re.compile(r"-----BEGIN [A-Z ]{3,40}-----.*"), HIDDEN),
    # tokens by their own shape
    (
        re.compile(
            r"\b(?:gh[pousr]_[A-Za-z0-9]{20,}|github_pat_\w{20,}|glpat-[\w-]{16,}|sk-[\w-]{16,}|sk_(?:live|test)_\w{10,}"
            r"|rk_(?:live|test)_\w{10,}|xox[abprs]-[\w-]{10,}|AKIA[0-9A-Z]{12,}|AIza[\w-]{30,}|ya29\.[\w-]{20,}"
            r"|pypi-[\w-]{20,}|npm_[A-Za-z0-9]{20,}|hf_[A-Za-z]{20,}|SG\.[\w-]{16,}\.[\w-]{16,}|rnd_\w{16,}"
            r"|dop_v1_[0-9a-f]{30,}|\d{8,10}:AA[\w-]{30,}"
            r"|eyJ[\w-]{8,}\.eyJ[\w-]{8,}(?:\.[\w-]+)?)"
        ),
        HIDDEN,
    ),
)
_KEY_LIKE_ASSIGNMENT = re.compile(
    r"(?P<keep>\b[A-Z][A-Z0-9_]{2,60}(?:KEY|PASS|PWD|SALT|URI|URL|CREDENTIALS)=)(?P<quote>['\"]?)[^\s'\"]{3,}"
)
_QUICK = re.compile(
    r"://|secret|token|passw|passphrase|key|credential|signature|dsn|authoriz|cookie|session|input|bearer|basic|BEGIN"
    r"|gh[pousr]_|pat|sk[-_]|rk_|xox|AKIA|AIza|ya29|pypi-|npm_|hf_|SG\.|rnd_|dop_|:AA|eyJ|PASS|PWD|SALT|UR[IL]=",
    re.IGNORECASE,
)


def redact(text: str) -> str:
    """The text with everything that looks like a secret replaced: passwords in URLs, values of secret-like names,
    tokens of known shapes, the input that a settings validation repeats.
    """
    if not _QUICK.search(text):
        return text
    for pattern, replacement in _PATTERNS:
        text = pattern.sub(replacement, text)
    return _KEY_LIKE_ASSIGNMENT.sub(rf"\g<keep>\g<quote>{HIDDEN}", text)
