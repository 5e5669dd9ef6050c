"""Breaking real manifests in the ways that people, editors and merges break them, and in arbitrary ones.

`TRUEUP_MUTATIONS` sets how many mutations the tests try, over all formats together; `TRUEUP_MUTATION_SEED` the seed.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Iterator

COUNT = int(os.environ.get("TRUEUP_MUTATIONS", "3000"))
SEED = int(os.environ.get("TRUEUP_MUTATION_SEED", "20261120"))

_TOKENS = [
    *(b"\0", b"\xff", b"\xfe", b"\xef\xbb\xbf", b"\r", b"\x85", "\u2028".encode(), "\ud7ff".encode(), b"\x1b[31m"),
    *(
        b"[",
        b"]",
        b"{",
        b"}",
        b"(",
        b")",
        b'"',
        b"'",
        b'"""',
        b"'''",
        b"\\",
        b"\\\n",
        b"#",
        b"=",
        b"==",
        b",",
        b";",
        b":",
    ),
    *(
        b"- ",
        b"-r ",
        b"-e ",
        b"${X}",
        b"$",
        b"<<: *a",
        b"&a ",
        b"*a",
        b"!!python/object:os.system ",
        b"|",
        b">",
        b"%",
        b"@",
    ),
    *(b"<<<<<<< HEAD\n", b"=======\n", b">>>>>>> theirs\n", b"version https://git-lfs.github.com/spec/v1\n"),
    *(
        b"9" * 5000,
        b"[" * 300,
        b"a." * 150,
        b" " * 5000,
        b"null",
        b"true",
        b"1e999",
        b"-1",
        b"0x1G",
        b"\t",
        b"\n\n",
        b"../" * 5,
    ),
    *(b"<script>", "é…✓".encode(), b"[[a]]\n", b"[a]\n", b"a = 1\n", b"{% raw %}", b"Sure! Here is the file:\n```\n"),
]

Mutation = Callable[[random.Random, bytes], bytes]


def _place(chance: random.Random, data: bytes) -> int:
    return chance.randrange(len(data) + 1)


def flip(chance: random.Random, data: bytes) -> bytes:
    """Change one byte."""
    at = _place(chance, data)
    return data[:at] + bytes([chance.randrange(256)]) + data[at + 1 :]


def insert(chance: random.Random, data: bytes) -> bytes:
    """Put something telling anywhere."""
    at = _place(chance, data)
    return data[:at] + chance.choice(_TOKENS) + data[at:]


def delete(chance: random.Random, data: bytes) -> bytes:
    """Take a piece out."""
    start, end = sorted((_place(chance, data), _place(chance, data)))
    return data[:start] + data[min(end, start + 40) :]


def cut(chance: random.Random, data: bytes) -> bytes:
    """End the file early."""
    return data[: _place(chance, data)]


def repeat(chance: random.Random, data: bytes) -> bytes:
    """Repeat a piece many times."""
    start, end = sorted((_place(chance, data), _place(chance, data)))
    return data[:start] + data[start : min(end, start + 60)] * chance.choice((2, 3, 200)) + data[end:]


def swap_lines(chance: random.Random, data: bytes) -> bytes:
    """Exchange two lines."""
    lines = data.split(b"\n")
    one, other = chance.randrange(len(lines)), chance.randrange(len(lines))
    lines[one], lines[other] = lines[other], lines[one]
    return b"\n".join(lines)


def reencode(chance: random.Random, data: bytes) -> bytes:
    """Save the file in another encoding."""
    return data.decode("utf-8", "replace").encode(
        chance.choice(("utf-16", "utf-16-le", "utf-16-be", "utf-8-sig", "utf-32"))
    )


def replace_value(chance: random.Random, data: bytes) -> bytes:
    """Give a key a value of another kind."""
    lines = data.split(b"\n")
    at = chance.randrange(len(lines))
    for mark in (b"=", b":"):
        if mark in lines[at]:
            key = lines[at].partition(mark)[0]
            value = chance.choice((b"3", b"[]", b"{}", b'""', b"[[1]]", b"{a = 1}", b"null", b"'x'", b""))
            lines[at] = key + mark + b" " + value
            break
    return b"\n".join(lines)


def windows(_: random.Random, data: bytes) -> bytes:
    """Write line ends as another system does."""
    return data.replace(b"\n", b"\r\n")


MUTATIONS: tuple[Mutation, ...] = (
    flip,
    insert,
    insert,
    delete,
    cut,
    repeat,
    swap_lines,
    reencode,
    replace_value,
    replace_value,
    windows,
)


def mutated(samples: dict[str, bytes], count: int = COUNT, seed: int = SEED) -> Iterator[tuple[str, bytes]]:
    """Pairs of a path and a broken content; each holds one to four mutations of the sample at that path."""
    chance = random.Random(seed)
    paths = sorted(samples)
    for index in range(count):
        path = paths[index % len(paths)]
        data = samples[path]
        for _ in range(chance.randint(1, 4)):
            data = chance.choice(MUTATIONS)(chance, data)[:200_000]
        yield path, data
