"""What is installed is larger than the platform deploys

What it does:
    Adds up the sizes of the files that are installed, as the index gives them, where the platform has a limit.

Why it fails a deployment:
    The build installs everything, minutes later compresses the result, and refuses it.

Example:
    `torch==2.5.1` on Heroku: its default wheel and the CUDA libraries that it pulls in are several gigabytes.

Use instead:
    The CPU build of torch from its own index, `tensorflow-cpu`, `opencv-python-headless`; development tools out of the
    requirements; a platform or image type without the limit.

Sources:
    checks/data/limits.toml; the sizes of the index (PEP 700).
"""

from __future__ import annotations

from collections.abc import Iterator

from trueup.checks._interface import Check, CheckContext
from trueup.checks._rows import rows
from trueup.checks._text import listed
from trueup.model.distribution import PackageForecast
from trueup.model.evidence import Evidence
from trueup.model.finding import Confidence, Finding, Severity, Skipped

RULE = "image-size-limit"


def run(context: CheckContext) -> Iterator[Finding | Skipped]:
    """One finding where the files alone come near the limit or above it; skipped where no size is known."""
    limit = rows("limits").get(context.plan.builder)
    if limit is None or context.forecast is None or not context.forecast.packages:
        return
    sized = [package for package in context.forecast.packages if package.size is not None]
    if not sized:
        yield Skipped(RULE, "the index gives no sizes")
        return
    total = sum(package.size or 0 for package in sized)
    if total >= limit["bytes"] * 0.8:
        yield _finding(context, sized, total, limit)


def _finding(context: CheckContext, sized: list[PackageForecast], total: int, limit: dict[str, object]) -> Finding:
    largest = sorted(sized, key=lambda package: -(package.size or 0))[:5]
    size = int(str(limit["bytes"]))
    over = total > size
    told = listed(f"{package.name} {package.version} ({_megabytes(package.size or 0)})" for package in largest)
    return Finding(
        rule=RULE,
        severity=Severity.HIGH if over else Severity.MEDIUM,
        confidence=Confidence.MEDIUM,
        message=f"The files of the {len(sized)} distributions that {context.plan.builder} installs have "
        f"{_megabytes(total)}; the largest are {told}. {limit['text']}: the build is "
        f"{'refused at its end' if over else 'near the limit, and the next release of one of them may cross it'}.",
        hint="Take smaller builds (CPU-only, headless), and leave development tools out of what is deployed.",
        evidence=(
            *(item for package in largest for item in package.evidence[:1]),
            Evidence.default(str(limit["text"]), str(limit["source"]), str(limit["checked"])),
        ),
        subject=context.plan.service.name,
    )


def _megabytes(count: int) -> str:
    return f"{count / 1_000_000:,.0f} MB"


CHECK = Check(RULE, "What is installed is larger than the platform deploys", run)
