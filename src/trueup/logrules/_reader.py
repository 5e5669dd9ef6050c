"""Reading a log of any size in bounded memory.

A small log is kept whole. Of a giant one the head and the tail are kept, and from between the surroundings of every
line that holds one of a few literals (what compilers, installers, interpreters and platforms say when something goes
wrong or a new phase begins), as long as what is said is new. Literals are looked for in whole blocks of bytes, so that
the rest costs next to nothing.
"""

from __future__ import annotations

import codecs
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from typing import BinaryIO

from trueup.logrules._clean import LONGEST_LINE, clean, platform_of_prefix, segments
from trueup.logrules._log import Log
from trueup.model.diagnosis import LogLine

BLOCK = 1 << 20
"""Bytes read at once."""
HEAD_LINES = 6000
TAIL_LINES = 12000
PREFIX_LINES = 400
"""Lines in whose prefixes a platform is looked for."""
MIDDLE_LINES = 16000
BEFORE, AFTER = 30, 8
"""Lines kept around a line that matters in the middle of a giant log."""
SAME_TEXT = 3
"""How often one text (digits aside) is taken up from the middle."""
LONGEST_RAW_LINE = 1 << 16
KEPT_CHARACTERS = 12_000_000

LITERALS = (
    b"rror",
    b"ERROR",
    b"ailed",
    b"xception",
    b"ot found",
    b"No such",
    b"==> ",
    b"---> ",
    b"illed",
    b"TIMEOUT",
    b"Healthcheck",
    b"uccessful",
    b"startup complete",
    b"Building wheel for ",
)
"""What the lines that matter nearly always hold. Each costs a pass over the log, so there are few."""
_DIGITS = bytes.maketrans(b"0123456789", b"0" * 10)


def read_log(stream: BinaryIO | Iterable[bytes]) -> Log:
    """Read a log to its end.

    Args:
        stream: a binary file, or chunks of bytes. UTF-8 is expected; UTF-16 with a byte-order mark is converted;
            bytes that do not decode become U+FFFD.

    Returns:
        The log; memory stays bounded whatever the size.
    """
    keeper = _Keeper()
    for block in _whole_lines(_as_utf8(_chunks(stream))):
        keeper.take(block)
    return keeper.log()


def _chunks(stream: BinaryIO | Iterable[bytes]) -> Iterator[bytes]:
    read = getattr(stream, "read", None)
    if read is None:
        yield from stream
        return
    while block := read(BLOCK):
        yield block


def _as_utf8(chunks: Iterator[bytes]) -> Iterator[bytes]:
    first = next(chunks, b"")
    encoding = None
    if first.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encoding = "utf-16"
    elif len(first) > 8 and first[1:8:2] == b"\0\0\0\0":
        encoding = "utf-16-le"
    if encoding is None:
        yield first.removeprefix(codecs.BOM_UTF8)
        yield from chunks
        return
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    yield decoder.decode(first).encode("utf-8", "replace")
    for chunk in chunks:
        yield decoder.decode(chunk).encode("utf-8", "replace")


def _whole_lines(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """The same bytes in blocks that end at a line's end; lines without end are cut at LONGEST_RAW_LINE."""
    rest = b""
    for chunk in chunks:
        block = rest + chunk
        end = block.rfind(b"\n") + 1
        if not end and len(block) > LONGEST_RAW_LINE:
            rest = block[:LONGEST_RAW_LINE]  # the tail of an endless line is not worth its memory
            continue
        if end:
            yield block[:end]
        rest = block[end:]
    if rest:
        yield rest


class _Keeper:
    """Decides which lines stay. Blocks between head and tail are never split as a whole."""

    def __init__(self) -> None:
        self._head: list[tuple[int, bytes]] = []
        self._middle: dict[int, bytes] = {}
        self._tail: deque[tuple[int, int, bytes]] = deque()
        self._tail_lines = 0
        self._seen: Counter[int] = Counter()
        self._characters = 0
        self._count = 0
        self._bytes = 0

    def take(self, block: bytes) -> None:
        """Take the next whole lines."""
        self._bytes += len(block)
        block = block.removesuffix(b"\n")
        first, lines = self._count + 1, block.count(b"\n") + 1
        self._count += lines
        if len(self._head) < HEAD_LINES:
            room = HEAD_LINES - len(self._head)
            parts = block.split(b"\n", room)
            self._head.extend((first + offset, line) for offset, line in enumerate(parts[:room]))
            if len(parts) <= room:
                return
            block, first, lines = parts[room], first + room, lines - room
        self._tail.append((first, lines, block))
        self._tail_lines += lines
        while self._tail_lines - self._tail[0][1] >= TAIL_LINES:
            start, leaving, content = self._tail.popleft()
            self._tail_lines -= leaving
            self._take_from_middle(start, content)

    def _take_from_middle(self, first: int, block: bytes) -> None:
        if len(self._middle) >= MIDDLE_LINES:
            return
        for begin, end in self._hits(block):
            key = hash(block[max(begin, end - 160) : end].translate(_DIGITS))
            self._seen[key] += 1
            if self._seen[key] <= SAME_TEXT:
                self._keep_around(first, block, begin)
        if len(self._seen) > 200_000:
            self._seen.clear()

    def _keep_around(self, first: int, block: bytes, begin: int) -> None:
        start = begin
        for _ in range(BEFORE):
            if start <= 0:
                break
            start = block.rfind(b"\n", 0, start - 1) + 1
        number = first + block.count(b"\n", 0, start)
        wanted = BEFORE + AFTER + 1
        for offset, line in enumerate(block[start:].split(b"\n", wanted)[:wanted]):
            self._middle[number + offset] = line

    @staticmethod
    def _hits(block: bytes) -> list[tuple[int, int]]:
        """Where the lines that hold a literal begin and end, in order."""
        found: dict[int, int] = {}
        for literal in LITERALS:
            position = block.find(literal)
            while position >= 0:
                end = block.find(b"\n", position)
                end = len(block) if end < 0 else end
                found[block.rfind(b"\n", 0, position) + 1] = end
                position = block.find(literal, end)
        return sorted(found.items())

    def log(self) -> Log:
        """The log of what was kept."""
        tail: list[tuple[int, bytes]] = []
        for first, _, block in self._tail:
            tail.extend(enumerate(block.split(b"\n"), first))
        if len(tail) > 2 * TAIL_LINES:
            leaving = tail[: -2 * TAIL_LINES]
            self._take_from_middle(leaving[0][0], b"\n".join(line for _, line in leaving))
        kept = dict(self._head) | self._middle | dict(tail[-2 * TAIL_LINES :])
        head = (raw[:200].decode("utf-8", "replace") for _, raw in self._head[:PREFIX_LINES])
        prefix = next(filter(None, map(platform_of_prefix, head)), None)
        cleaned: list[LogLine] = []
        for number in sorted(kept):
            cleaned.extend(self._cleaned(number, kept[number]))
        return Log(cleaned, total=self._count, bytes_read=self._bytes, prefix_platform=prefix)

    def _cleaned(self, number: int, raw: bytes) -> Iterator[LogLine]:
        if self._characters > KEPT_CHARACTERS:
            return
        if len(raw) > 4 * LONGEST_LINE:
            raw = raw[: 3 * LONGEST_LINE] + raw[-LONGEST_LINE:]
        for part in segments(raw.decode("utf-8", "replace")):
            text = clean(part)
            self._characters += len(text) + 1
            yield LogLine(number, text)
