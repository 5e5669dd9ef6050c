"""One self-contained HTML page: escaped by construction, no request to anywhere, and a policy that allows none.

Texts become markup only through `element` and `escaped`; style and script are allowed by their hashes, so that nothing
else that might slip in runs. The policy is CSP level 3 in a `meta` element (w3.org/TR/CSP3, read on 2026-11-20).
"""

from __future__ import annotations

import base64
import hashlib
import html
from functools import cache

from trueup.package_data import data_text
from trueup.reports._words import printable, prose

_VOID = frozenset({"meta", "input", "br", "hr", "link"})


class Markup(str):
    """Text that is HTML already."""

    __slots__ = ()


Child = str | None
"""Plain text (escaped), `Markup` (taken as it is), or nothing."""


def escaped(text: str) -> Markup:
    """Text as HTML; control characters spelled out; `Markup` as it is."""
    return text if isinstance(text, Markup) else Markup(html.escape("\n".join(map(printable, text.split("\n")))))


def joined(*children: Child) -> Markup:
    """Several children one after the other."""
    return Markup("".join(escaped(child) for child in children if child is not None))


def element(name: str, /, *children: Child, **attributes: str | int | bool | None) -> Markup:
    """An element. `class_` is class, `_` in a name `-`; True is an attribute without value, None and False none."""
    parts = [name]
    for key, value in attributes.items():
        if value is None or value is False:
            continue
        attribute = key.rstrip("_").replace("_", "-")
        parts.append(attribute if value is True else f'{attribute}="{escaped(str(value))}"')
    if name in _VOID:
        return Markup(f"<{' '.join(parts)}>")
    return Markup(f"<{' '.join(parts)}>{joined(*children)}</{name}>")


def code(text: str) -> Markup:
    """A command, path or name as code."""
    return element("code", text)


def said(text: str) -> Markup:
    """A sentence of ours; what stands between backticks as code."""
    return joined(*(code(part) if is_code else part for part, is_code in prose(text)))


def page(title: str, main: Markup, *, foot: str = "") -> str:
    """A whole document around its main part.

    Args:
        title: of the window.
        main: what the page says.
        foot: a closing line.

    Returns:
        The document, ending with a line end.
    """
    style, script = asset("page.css"), asset("page.js")
    policy = (
        f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)}; base-uri 'none'; form-action 'none'"
    )
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=policy),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="color-scheme", content="light dark"),
        element("meta", name="referrer", content="no-referrer"),
        element("title", title),
        element("style", Markup(style)),
    )
    body = element(
        "body",
        element("a", "Skip to the report", href="#main", class_="skip"),
        element("main", main, id="main", tabindex="-1"),
        element("footer", foot) if foot else None,
        element("script", Markup(script)),
    )
    return f"<!doctype html>\n{element('html', head, body, lang='en')}\n"


@cache
def asset(name: str) -> str:
    """The text of a file of `assets`."""
    return data_text("trueup.reports", f"assets/{name}")


def _hash(text: str) -> str:
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return f"'sha256-{digest}'"
