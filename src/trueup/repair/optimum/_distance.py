"""How far a pin moves, and what that costs."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from packaging.version import Version

from trueup.repair.optimum._shelf import version_of
from trueup.repair.optimum._vector import vector


def move(released: Sequence[Version], old: str, new: str, *, direct: bool) -> int:
    """The cost of moving one pin, without its file.

    Majors are counted between the two; minors where the major is the same; and the final versions released between
    them, with one more where major and minor are the same, so that every move costs something.

    Args:
        released: the final versions on the index, oldest first.
        old: the version before.
        new: the version after.
        direct: whether the project itself requires the distribution.
    """
    before, after = version_of(old), version_of(new)
    back = after < before
    majors = abs(after.major - before.major) or int(after.epoch != before.epoch)
    minors = 0 if majors else abs(after.minor - before.minor)
    low, high = min(before, after), max(before, after)
    between = max(bisect_left(released, high) - bisect_right(released, low), 0)
    return vector(
        major_downgrades=int(back and majors > 0),
        direct=int(direct),
        transitive=int(not direct),
        downgrades=int(back),
        major=majors,
        minor=minors,
        patch=between + int(not majors and not minors),
    )
