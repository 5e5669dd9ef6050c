"""Where a log comes from, and which phase each of its lines belongs to."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property

from trueup.logrules._log import Log
from trueup.logrules._marks import MARKS


@dataclass(frozen=True, slots=True)
class Milestone:
    """A line at which a phase begins, or is said to have succeeded or failed."""

    index: int
    phase: str | None = None
    done: str | None = None
    failed: bool = False


@dataclass(frozen=True)
class Context:
    """What the log says about itself: platform, builder, and where its phases begin and end."""

    platform: str | None
    builder: str | None
    milestones: tuple[Milestone, ...]
    platform_index: int | None = None

    def phase_at(self, index: int) -> str | None:
        """The phase that a line belongs to; None before the first line that tells."""
        position = bisect_right(self.milestones, index, key=_index)
        for milestone in reversed(self.milestones[:position]):
            if milestone.phase:
                return milestone.phase
            if milestone.done in ("install", "build"):
                return "build" if milestone.done == "install" else "start"
        return None

    @cached_property
    def done_indexes(self) -> list[int]:
        """The indexes of the lines that say that a phase succeeded, in order."""
        return [m.index for m in self.milestones if m.done]

    @cached_property
    def up_indexes(self) -> list[int]:
        """The indexes of the lines that say that the service is up, in order."""
        return [m.index for m in self.milestones if m.done in ("start", "health")]

    def failed_after(self, index: int) -> bool:
        """Whether any line from `index` on says that something failed."""
        return any(m.failed and m.index >= index for m in self.milestones)

    def last_done(self) -> Milestone | None:
        """The last line that says that a phase succeeded."""
        return next((m for m in reversed(self.milestones) if m.done), None)


def _index(milestone: Milestone) -> int:
    return milestone.index


def context_of(log: Log) -> Context:
    """Read platform, builder and phases from the lines that platforms and tools print."""
    platforms: dict[bool, tuple[int, str]] = {}
    builders: dict[bool, tuple[int, str]] = {}
    milestones: list[Milestone] = []
    for mark in MARKS:
        for index, _ in log.matches(mark.literal, mark.regex):
            _first(platforms, mark.weak, index, mark.platform)
            _first(builders, mark.weak, index, mark.builder)
            if mark.phase or mark.done or mark.failed:
                milestones.append(Milestone(index, mark.phase, mark.done, mark.failed))
            if not (mark.phase or mark.done or mark.failed):
                break
    milestones.sort(key=lambda m: (m.index, m.phase is None))
    platform = _platform(platforms, builders, log.prefix_platform)
    builder = _builder(builders, platform)
    first = min((found[0] for found in platforms.values()), default=None)
    return Context(platform, builder, tuple(milestones), first)


def _first(found: dict[bool, tuple[int, str]], weak: bool, index: int, name: str | None) -> None:
    if not name:
        return
    old = found.get(weak)
    # docker lines appear inside the logs of platforms that build images: any other name beats it
    if (
        old is None
        or (old[1] in ("docker", "dockerfile") and name not in ("docker", "dockerfile"))
        or (index < old[0] and name not in ("docker", "dockerfile"))
    ):
        found[weak] = (index, name)


def _platform(
    platforms: dict[bool, tuple[int, str]], builders: dict[bool, tuple[int, str]], by_prefix: str | None
) -> str | None:
    strong, weak = platforms.get(False), platforms.get(True)
    if strong and strong[1] != "docker":
        return strong[1]
    if by_prefix and by_prefix != "docker":
        return by_prefix
    if weak:
        return weak[1]
    builder = builders.get(False) or builders.get(True)
    if builder and builder[1] in ("railpack", "nixpacks"):
        return "railway"
    return strong[1] if strong else by_prefix


def _builder(builders: dict[bool, tuple[int, str]], platform: str | None) -> str | None:
    strong, weak = builders.get(False), builders.get(True)
    names = [found[1] for found in (strong, weak) if found]
    specific = [name for name in names if name != "dockerfile"]
    if platform == "render" and specific and specific[0] != "render-native":
        specific = []
    if specific:
        return specific[0]
    return names[0] if names else None
