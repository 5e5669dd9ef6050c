"""Offer, apply and take back repairs in many real repositories: `.venv/bin/python bench/repair_corpus.py TREES`.

TREES is a folder of checked-out repositories; each is copied to a scratch folder first, and nothing of it is executed,
kept or printed. Per repository: `trueup check`, then `fix --dry-run --format json` (warm, timed), then for each repair
that has edits, and for the recommended ones together: `fix --yes`, `check` again (what the repair says that it resolves
must be gone, nothing may have come), `undo`, and every byte and mode compared. Statistics go to the standard output as
Markdown (docs/reference/repair-corpus.md holds those of the last run); all records to the folder of `--records`, and a
repository that has a record there already is not run again. Exits with 1 where a command failed with a traceback or an
unknown code, an applied repair did not hold, or `undo` left a difference.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

KNOWN_CODES = {0, 5, 11, 12, 13}
STOPPED = ("builder-error", "no-start-command")
"""A builder stops at its first error: another one of these in the place of one is no new failure."""
OF_THE_COMMAND = ("start-not-listening", "start-wrong-port", "start-target-missing", "server-not-required")
"""What a new start command is to blame for; all else that is seen once a service is started was there before."""
Record = dict[str, Any]
Finding = tuple[str, str, str, str, str]


@dataclass
class Run:
    """One command: its exit code, seconds on the clock and on the processor, and what it printed."""

    code: int
    seconds: float
    processor: float
    output: str
    errors: str

    @property
    def trouble(self) -> str:
        """Why it counts as broken; empty where it does not."""
        if "Traceback" in self.errors or self.code not in KNOWN_CODES:
            return f"exit code {self.code}: {self.errors.strip()[-600:]}"
        return ""


@dataclass
class Applied:
    """One repair, or the recommended ones together, really applied and taken back."""

    repair: str
    kind: str
    files: int
    lines: int
    direct: int
    transitive: int
    proven: bool
    alternative: bool
    safe: bool
    troubles: list[str] = field(default_factory=list)


@dataclass
class Bench:
    """Where one repository is worked on."""

    root: Path
    state: Path
    platforms: list[str] = field(default_factory=list)

    def trueup(self, *arguments: str) -> Run:
        """Run a command of trueup on the repository."""
        command = [sys.executable, "-m", "trueup", *arguments, str(self.root)]
        environment = {**os.environ, "TRUEUP_STATE_DIR": str(self.state), "NO_COLOR": "1"}
        start = time.perf_counter()
        with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
            process = subprocess.Popen(command, stdout=output, stderr=errors, env=environment)
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
            seconds = time.perf_counter() - start
            texts = []
            for stream in (output, errors):
                stream.seek(0)
                texts.append(stream.read().decode("utf-8", "replace"))
        return Run(process.returncode, seconds, usage.ru_utime + usage.ru_stime, texts[0], texts[1])

    def findings(self) -> tuple[Counter[Finding], str]:
        """What `check` finds, without line numbers, and what went wrong.

        Later ones ask for the platforms of the first: a file that a repair makes may be a sign of another one.
        """
        chosen = [word for platform in self.platforms for word in ("--platform", platform)]
        run = self.trueup("check", "--format", "json", "--no-repairs", *chosen)
        if run.trouble:
            return Counter(), f"check: {run.trouble}"
        found: Counter[Finding] = Counter()
        results = json.loads(run.output)["results"]
        self.platforms = self.platforms or sorted({result["platform"] for result in results})
        for result in results:
            base = (result["platform"], result["builder"], result["service"])
            for finding in result["findings"]:
                subject, _, line = finding["subject"].rpartition(":")
                found[(*base, finding["rule"], subject if line.isdigit() else finding["subject"])] += 1
        return found, ""

    def fingerprint(self) -> dict[str, str]:
        """Every file below the root: its mode and the digest of its bytes, or where it points to."""
        found: dict[str, str] = {}
        for path in sorted(self.root.rglob("*")):
            name = path.relative_to(self.root).as_posix()
            if path.is_symlink():
                found[name] = f"-> {path.readlink()}"
            elif path.is_file():
                found[name] = f"{path.stat().st_mode:o} {hashlib.sha256(path.read_bytes()).hexdigest()}"
            else:
                found[name] = "folder"
        return found


def try_repository(tree: Path) -> Record:
    """Everything about one repository."""
    with tempfile.TemporaryDirectory(prefix="repair-corpus-") as scratch:
        bench = Bench(Path(scratch) / tree.name, Path(scratch) / "state")
        shutil.copytree(tree, bench.root, symlinks=True, ignore=shutil.ignore_patterns(".git"))
        before, trouble = bench.findings()  # which also fills the cache
        warm = bench.trueup("fix", "--dry-run", "--format", "json")
        record: Record = {
            "name": tree.name,
            "code": warm.code,
            "warm": round(warm.seconds, 2),
            "processor": round(warm.processor, 2),
            "troubles": [text for text in (trouble, warm.trouble and f"fix: {warm.trouble}") if text],
            "applied": [],
        }
        if record["troubles"]:
            return record
        plan = json.loads(warm.output)
        record |= {key: plan[key] for key in ("repairs", "held_back", "unrepairable", "notes")}
        record["findings"] = [[*key, count] for key, count in sorted(before.items())]
        for repairs in _attempts(plan["repairs"]):
            record["applied"].append(asdict(_tried(bench, repairs, before)))
        return record


def _attempts(repairs: list[Record]) -> Iterator[list[Record]]:
    """Each repair with edits by itself, then the recommended ones that are applied without being named."""
    for repair in repairs:
        if repair["edits"] and repair["applicability"] != "display-only":
            yield [repair]
    together = [item for item in repairs if item["recommended"] and item["applicability"] == "safe" and item["edits"]]
    if len(together) > 1:
        yield together


def _tried(bench: Bench, repairs: list[Record], before: Counter[Finding]) -> Applied:
    """Apply, check, undo, compare."""
    first = repairs[0]
    is_single = len(repairs) == 1
    applied = Applied(
        "+".join(repair["id"] for repair in repairs),
        first["kind"] if is_single else "together",
        len({edit["path"] for repair in repairs for edit in repair["edits"]}),
        sum(_changed_lines(edit["diff"]) for repair in repairs for edit in repair["edits"]),
        sum(repair["cost"]["direct"] for repair in repairs),
        sum(repair["cost"]["transitive"] for repair in repairs),
        all(repair["proven_minimal"] for repair in repairs),
        is_single and not first["recommended"],
        all(repair["applicability"] == "safe" for repair in repairs),
    )
    untouched = bench.fingerprint()
    names = ["--repair", first["id"]] if is_single else []
    run = bench.trueup("fix", "--yes", "--format", "json", *names)
    if run.trouble:
        applied.troubles.append(f"fix: {run.trouble}")
        return applied
    if json.loads(run.output)["applied"] != [repair["id"] for repair in repairs]:
        applied.troubles.append(f"fix applied {json.loads(run.output)['applied']}")
    touched = {path for path, seen in bench.fingerprint().items() if untouched.get(path) != seen}
    planned = {edit["path"] for repair in repairs for edit in repair["edits"]}
    if not {path for path in touched if not (bench.root / path).is_dir()} <= planned:
        applied.troubles.append(f"fix touched {sorted(touched - planned)}")
    after, trouble = bench.findings()
    applied.troubles += [trouble] if trouble else _worse(repairs, before, after)
    undone = bench.trueup("undo")
    if undone.trouble:
        applied.troubles.append(f"undo: {undone.trouble}")
    if bench.fingerprint() != untouched:
        applied.troubles.append("undo left a difference")
    return applied


def _changed_lines(diff: str) -> int:
    lines = diff.splitlines()
    added = sum(line.startswith("+") and not line.startswith("+++") for line in lines)
    gone = sum(line.startswith("-") and not line.startswith("---") for line in lines)
    return max(added, gone)


def _worse(repairs: list[Record], before: Counter[Finding], after: Counter[Finding]) -> list[str]:
    """What the repairs promised and did not do, and what came with them."""
    promised = {rule for repair in repairs for rule in repair["resolves"]}
    after = _under_old_names(before, after)
    gone = {key[3] for key in before - after}
    started = {key[:3] for key in before - after if key[3] in STOPPED}
    came = Counter(
        {key: n for key, n in (after - before).items() if key[:3] not in started or key[3] in OF_THE_COMMAND}
    )
    stopped = Counter(key[:3] for key in (before - after).elements() if key[3] in STOPPED)
    for key in [key for key in came if key[3] in STOPPED]:
        stopped[key[:3]] -= came[key]
        if stopped[key[:3]] >= 0:
            del came[key]
    found = [f"{rule} is still there as often" for rule in sorted(promised - gone)]
    return found + [f"{key[3]} came for {key[2]} on {key[0]} ({key[1]})" for key in sorted(came)]


def _under_old_names(before: Counter[Finding], after: Counter[Finding]) -> Counter[Finding]:
    """The later findings with each builder's only service under its earlier name: a Procfile names Heroku's."""
    old, new = _only_services(before), _only_services(after)
    return Counter(
        {
            (*key[:2], old[key[:2]], *key[3:]) if key[:2] in old and key[:2] in new else key: number
            for key, number in after.items()
        }
    )


def _only_services(found: Counter[Finding]) -> dict[tuple[str, str], str]:
    names: dict[tuple[str, str], set[str]] = {}
    for key in found:
        names.setdefault(key[:2], set()).add(key[2])
    return {key: next(iter(each)) for key, each in names.items() if len(each) == 1}


def _quantile(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0


def summary(records: list[Record]) -> str:
    """The statistics of all records as Markdown."""
    read = [record for record in records if "repairs" in record]
    failing = [record for record in read if record["findings"]]
    offered = [record for record in read if record["repairs"]]
    edited = [record for record in read if record["applied"]]
    singles = [item for record in read for item in record["applied"] if item["kind"] != "together"]
    sets = [item for record in read for item in record["applied"] if item["kind"] == "together"]
    troubled = sum(bool(item["troubles"]) for item in (*singles, *sets))
    lengths = [item["lines"] for item in singles]
    warm = [record["warm"] for record in read]
    processor = [record["processor"] for record in read]
    rows = [
        ("repositories", len(records)),
        ("planned without a failure of trueup", sum(not record["troubles"] for record in records)),
        ("with at least one finding", len(failing)),
        ("with at least one repair offered", len(offered)),
        ("with at least one repair that trueup can write itself", len(edited)),
        ("repairs offered", sum(len(record["repairs"]) for record in read)),
        ("… of them for a person to run (display-only)", _display_only(read)),
        ("repairs applied, checked again and taken back, one by one", len(singles)),
        ("sets of recommended repairs applied, checked again and taken back", len(sets)),
        ("applied repairs or sets with any trouble", troubled),
        ("findings before", _count(failing)),
        ("held back (policy, or seen not to work)", sum(len(record["held_back"]) for record in read)),
        ("findings without a repair, each with a reason", sum(len(record["unrepairable"]) for record in read)),
        ("changed lines of a repair: median", f"{statistics.median(lengths or [0]):g}"),
        ("changed lines of a repair: 95th percentile", _quantile(lengths, 0.95)),
        ("direct pins moved by a repair that moves any: median", _direct(singles)),
        ("warm, seconds on the clock: median", f"{statistics.median(warm or [0]):.2f}"),
        ("warm, seconds on the clock: 95th percentile", f"{_quantile(warm, 0.95):.2f}"),
        ("warm, seconds of the processor: median", f"{statistics.median(processor or [0]):.2f}"),
        ("warm, seconds of the processor: 95th percentile", f"{_quantile(processor, 0.95):.2f}"),
    ]
    lines = ["| what | how many |", "|---|---:|", *(f"| {name} | {value} |" for name, value in rows)]
    lines += ["", "| kind of repair | applied | held | median of changed lines |", "|---|---:|---:|---:|"]
    for kind in sorted({item["kind"] for item in (*singles, *sets)}):
        items = [item for item in (*singles, *sets) if item["kind"] == kind]
        good = sum(not item["troubles"] for item in items)
        median = statistics.median(item["lines"] for item in items)
        lines.append(f"| {kind} | {len(items)} | {good} | {median:g} |")
    return "\n".join([*lines, "", *_by_rule(read)])


def _by_rule(records: Iterable[Record]) -> list[str]:
    """For each rule: repositories that have it, and those for which a repair of it is offered."""
    has: Counter[str] = Counter()
    repaired: Counter[str] = Counter()
    for record in records:
        rules = {row[3] for row in record["findings"]}
        has.update(rules)
        repaired.update(rules & {rule for repair in record["repairs"] for rule in repair["resolves"]})
    head = ["| rule | repositories with it | with a repair for it |", "|---|---:|---:|"]
    return [*head, *(f"| {rule} | {has[rule]} | {repaired[rule]} |" for rule in sorted(has))]


def _display_only(records: Iterable[Record]) -> int:
    return sum(repair["applicability"] == "display-only" for record in records for repair in record["repairs"])


def _count(records: Iterable[Record]) -> int:
    return sum(row[-1] for record in records for row in record["findings"])


def _direct(items: Iterable[Record]) -> str:
    moved = [item["direct"] for item in items if item["direct"]]
    return f"{statistics.median(moved):g} (most: {max(moved)})" if moved else "none"


def main() -> int:
    """Run all repositories and print the statistics."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("trees", type=Path, help="a folder of checked-out repositories")
    parser.add_argument("--records", type=Path, required=True, help="a folder for one record per repository")
    parser.add_argument("--only", action="append", default=[], metavar="NAME", help="this folder; may be repeated")
    parser.add_argument("--again", action="store_true", help="also those that have a record")
    parser.add_argument("--jobs", type=int, default=1)
    arguments = parser.parse_args()
    arguments.records.mkdir(parents=True, exist_ok=True)
    trees = [path for path in sorted(arguments.trees.iterdir()) if path.is_dir()]
    chosen = [tree for tree in trees if not arguments.only or tree.name in arguments.only]
    waiting = [tree for tree in chosen if arguments.again or not (arguments.records / f"{tree.name}.json").exists()]
    with ThreadPoolExecutor(arguments.jobs) as pool:
        for waited in as_completed([pool.submit(try_repository, tree) for tree in waiting]):
            record = waited.result()
            text = json.dumps(record, indent=1, ensure_ascii=False)
            (arguments.records / f"{record['name']}.json").write_text(text, encoding="utf-8")
            troubles = [*record["troubles"], *(item for one in record["applied"] for item in one["troubles"])]
            sys.stderr.write(f"{record['name']}: {len(record['applied'])} applied, {record['warm']} s {troubles}\n")
    records = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(arguments.records.glob("*.json"))]
    print(summary(records))
    bad = any(record["troubles"] or any(item["troubles"] for item in record["applied"]) for record in records)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
