"""Gathering what the files of one service ask for: includes followed, local projects read, paths checked."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from trueup.manifests import pyproject, requirements_txt, setup_cfg
from trueup.manifests._requirement import without_credentials
from trueup.manifests._requirement_options import Option
from trueup.manifests.requirements_txt import Include, apply_options
from trueup.model.evidence import Evidence
from trueup.model.finding import Confidence, Problem, Severity
from trueup.model.plan import BuildPlan
from trueup.model.project import Project
from trueup.model.requirement import DeclaredRequirement, IndexOptions, LockedPackage, RequirementSet

_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:")
_DEEPEST = 50
MOST_INCLUDES = 500
"""Includes that are followed for one service; a project of hundreds of services has some dozens."""
MOST_ALIKE = 20
"""Includes that lead back to themselves, or to files that are not copied yet, that are named one by one."""
_PROJECT_FILES = ("pyproject.toml", "setup.py", "setup.cfg")


@dataclass
class Collector:
    """What was gathered so far. `tree` is the view of the service's root; paths are relative to it."""

    tree: Project
    plan: BuildPlan
    variables: Mapping[str, str]
    requirements: list[DeclaredRequirement] = field(default_factory=list)
    constraints: list[DeclaredRequirement] = field(default_factory=list)
    locked: list[LockedPackage] | None = None
    options: IndexOptions = field(default_factory=IndexOptions)
    files: dict[str, None] = field(default_factory=dict)
    requires_python: tuple[str, Evidence] | None = None
    problems: list[Problem] = field(default_factory=list)
    _read: set[tuple[str, bool]] = field(default_factory=set)
    _projects: set[tuple[str, frozenset[str]]] = field(default_factory=set)
    _includes: int = 0
    _not_copied: int = 0
    _circles: int = 0

    def result(self) -> RequirementSet:
        """Everything gathered, as the model has it."""
        needs = self.requires_python
        return RequirementSet(
            requirements=tuple(self.requirements),
            constraints=tuple(self.constraints),
            locked=None if self.locked is None else tuple(self.locked),
            options=self.options,
            files=tuple(self.files),
            requires_python=needs[0] if needs else None,
            requires_python_evidence=needs[1] if needs else None,
            problems=tuple(dict.fromkeys(self.problems)),
        )

    @cached_property
    def _told(self) -> frozenset[str]:
        """The places that the plan itself says something about, where it speaks of files that are not copied."""
        if not any(problem.rule == "include-not-copied" for problem in self.plan.problems):
            return frozenset()
        return frozenset(item.place for problem in self.plan.problems for item in problem.evidence)

    def needs_python(self, text: str | None, evidence: Evidence | None) -> None:
        """Note what the installed project says about Python; the first statement counts."""
        if text and evidence is not None and self.requires_python is None:
            self.requires_python = (text, evidence)

    def is_visible(self, path: str) -> bool:
        """Whether the builder has copied a path when it installs."""
        visible = self.plan.visible_at_install
        if visible is None:
            return True
        folders = [name.strip("/").removeprefix("./") for name in visible]
        return any(name in ("", ".") or path == name or path.startswith(f"{name}/") for name in folders)

    # Requirements files

    def requirements_file(
        self, path: str, evidence: Evidence, *, is_constraint: bool = False, above: tuple[str, ...] = ()
    ) -> None:
        """Read a requirements file (a path from the service's root) and what it includes.

        `evidence` is the line or command that names it; `above` are the files that include it.
        """
        if path in above or len(above) > _DEEPEST:
            self._circles += 1
            if self._circles > MOST_ALIKE:
                return
            self.refuse(
                evidence,
                f"includes {path}, which leads back to itself. pip stops there, and the install step fails.",
                "Remove the include that closes the circle.",
            )
            return
        if (path, is_constraint) in self._read:
            return
        self._read.add((path, is_constraint))
        file = self.tree.get(path)
        if file is None:
            self.missing_file(path, evidence)
            return
        self.files[file.path] = None
        found = requirements_txt.parse(file, variables=self.variables, is_constraint=is_constraint)
        self.apply(found.options, posixpath.dirname(path))
        self.problems.extend(found.problems)
        for requirement in found.requirements:
            self.add(requirement)
        for include in found.includes:
            self.include(path, include, (*above, path))

    def apply(self, options: Iterable[Option], folder: str) -> None:
        """Add options that stand in a file of `folder`, or in a command that runs there.

        A place of `--find-links` is beside its file if it is there, else where pip runs: the service's root
        (pip/_internal/req/req_file.py, handle_option_line). It becomes a path from the project's root.
        """
        placed = [
            replace(option, value=self._place(option.value, folder)) if option.name == "find-links" else option
            for option in options
        ]
        self.options = apply_options(self.options, tuple(placed))

    def _place(self, place: str, folder: str) -> str:
        if _ADDRESS.match(place) or place.startswith(("/", "~")) or "$" in place:
            return place
        beside = posixpath.normpath(posixpath.join(folder, place))
        here = beside == "." or self.tree.has(beside) or self.tree.has_directory(beside)
        return posixpath.normpath(self.tree.in_project(beside if here else place))

    def include(self, path: str, include: Include, above: tuple[str, ...]) -> None:
        """Follow one `-r` or `-c` line of a requirements file."""
        self._includes += 1
        if self._includes > MOST_INCLUDES:
            if self._includes == MOST_INCLUDES + 1:
                self.refuse(
                    include.evidence,
                    f"is the include after {MOST_INCLUDES:,} others; it and all that follow were not read. pip needs "
                    "very long for so many, or runs into a circle.",
                    "Include each file once.",
                    severity=Severity.MEDIUM,
                )
            return
        if _ADDRESS.match(include.target):
            self.unseen(include.target, include.evidence)
            return
        target = posixpath.normpath(posixpath.join(posixpath.dirname(path), include.target))
        words = f"{'-c' if include.is_constraint else '-r'} {include.target}"
        if self.outside(target, include.evidence, words):
            return
        if self.tree.has(target):
            self.check_visible(target, include.evidence, words)
        self.requirements_file(target, include.evidence, is_constraint=include.is_constraint, above=above)

    def missing_file(self, path: str, evidence: Evidence) -> None:
        """Say that a requirements file is not there, or was not read."""
        if self.tree.has(path):
            self.refuse(
                evidence,
                f"names {path}, which trueup did not read: it is too large or not a plain file.",
                "Keep requirements in a plain text file inside the project.",
                severity=Severity.MEDIUM,
            )
            return
        self.refuse(
            evidence,
            f"names {path}, and there is no such file"
            f"{f' in {self.tree.root_dir}/' if self.tree.root_dir else ''}. "
            "pip ends with `Could not open requirements file`, and the install step fails.",
            "Correct the path (it counts from the file that includes it), or add the file.",
        )

    def add(self, requirement: DeclaredRequirement) -> None:
        """Take in one requirement or constraint; a local project is replaced by what it needs."""
        if requirement.is_constraint:
            self.constraints.append(self.named(requirement))
        elif requirement.local_path is None or not self.local(requirement):
            self.requirements.append(self.named(requirement))

    def named(self, requirement: DeclaredRequirement) -> DeclaredRequirement:
        """A requirement that tells no name gets that of its file or repository."""
        if requirement.name:
            return requirement
        place = (requirement.local_path or requirement.url or "").partition("#")[0].rstrip("/")
        stem = re.sub(r"(?:\.git|\.zip|\.tar\.\w+|\.tgz)?(?:@[^/]*)?$", "", place.rpartition("/")[2], count=1)
        return replace(requirement, name=canonicalize_name(stem or "this project"))

    def unseen(self, address: str, evidence: Evidence) -> None:
        """An include that lies at an address: what it asks for is not known, and must not look like nothing."""
        told = without_credentials(address)
        name = canonicalize_name(posixpath.basename(told.partition("?")[0]) or "requirements")
        self.requirements.append(
            DeclaredRequirement(name=name, specifier=SpecifierSet(), evidence=evidence, url=address)
        )

    # Paths

    def outside(self, path: str, evidence: Evidence, words: str, *, rule: str = "invalid-requirement") -> bool:
        """Whether a path lies outside the service's root; says so, under `rule` where it is of one machine."""
        if path.startswith("/"):
            self.refuse(
                evidence,
                f"holds `{words}`, a path of one machine. The build has only the project's own files there, and pip "
                "does not find it.",
                "Name the file by a path inside the project.",
                rule=rule,
                confidence=Confidence.MEDIUM,
            )
            return True
        if path != ".." and not path.startswith("../"):
            return False
        inside = posixpath.normpath(posixpath.join(self.tree.root_dir or ".", path))
        if self.tree.root_dir and not inside.startswith("..") and self.tree.whole.has(inside):
            self.refuse(
                evidence,
                f"holds `{words}`: that is {inside}, outside the service's root directory {self.tree.root_dir}/. The "
                "platform gives the build only the root directory, and the install step fails.",
                f"Move what is needed below {self.tree.root_dir}/, or deploy from the repository's root.",
                rule="include-not-copied",
            )
        else:
            self.refuse(
                evidence,
                f"holds `{words}`, which leads out of the project. It is not in the build, and the install step fails.",
                "Name a file inside the project.",
            )
        return True

    def check_visible(self, path: str, evidence: Evidence, words: str) -> None:
        """Say that a path is not yet copied when the builder installs, unless the plan says so already."""
        if self.is_visible(path) or evidence.place in self._told or self._not_copied >= MOST_ALIKE:
            return
        self._not_copied += 1
        copied = ", ".join(self.plan.visible_at_install or ()) or "nothing"
        self.refuse(
            evidence,
            f"holds `{words}`, and {path} is not there yet: {self.plan.builder} copies only {copied} before it runs "
            "the install step. The install step fails.",
            f"Write the requirements of {path} into the file itself, or make its folder the service's root directory.",
            rule="include-not-copied",
        )

    def refuse(
        self,
        evidence: Evidence,
        what: str,
        hint: str,
        *,
        rule: str = "invalid-requirement",
        severity: Severity = Severity.HIGH,
        confidence: Confidence = Confidence.HIGH,
    ) -> None:
        """Note a problem; `what` continues the place that `evidence` shows."""
        place = evidence.place or f"The install step ({evidence.text})"
        problem = Problem(rule, severity, confidence, f"{place} {what}", hint, (evidence,), evidence.place)
        self.problems.append(problem)

    # Local projects

    def local(self, requirement: DeclaredRequirement) -> bool:
        """Check a local path; read what a local project needs. False: keep the requirement as it is."""
        target = requirement.local_path or "."
        path = posixpath.normpath(target)
        words = f"-e {target}" if requirement.editable else target
        if self.outside(path, requirement.evidence, words, rule="local-path-requirement"):
            return True
        if path.endswith((".whl", ".zip", ".gz", ".tgz", ".bz2")) or self.tree.has(path):
            return self.archive(path, requirement, words)
        prefix = "" if path == "." else f"{path}/"
        if path != "." and not self.tree.has_directory(path):
            self.refuse(
                requirement.evidence,
                f"holds `{words}`, and there is no {path} in the project. pip refuses the line, and the install step "
                "fails.",
                "Correct the path (it counts from the folder in which pip runs), or add the folder.",
            )
            return True
        if not any(self.tree.has(f"{prefix}{name}") for name in _PROJECT_FILES):
            self.refuse(
                requirement.evidence,
                f"holds `{words}`, and that folder has neither pyproject.toml nor setup.py. pip cannot install it, and "
                "the install step fails.",
                "Add a pyproject.toml to the folder, or remove the line.",
            )
            return True
        self.check_visible(path, requirement.evidence, words)
        return self.project(path, requirement.extras)

    def archive(self, path: str, requirement: DeclaredRequirement, words: str) -> bool:
        """Check a local wheel or sdist; it stays a requirement with a path."""
        if not self.tree.has(path):
            self.refuse(
                requirement.evidence,
                f"holds `{words}`, and there is no such file in the project. pip refuses the line, and the install "
                "step fails.",
                "Add the file to the project, or take the distribution from the index.",
            )
            return True
        self.check_visible(path, requirement.evidence, words)
        return False

    def project(self, path: str, extras: frozenset[str] = frozenset()) -> bool:
        """Take in what a project of the tree needs when pip installs it; False where only its code would tell."""
        if (path, extras) in self._projects or len(self._projects) > _DEEPEST:
            return True
        self._projects.add((path, extras))
        prefix = "" if path == "." else f"{path}/"
        stated = self.from_pyproject(prefix, extras)
        return self.from_setup_cfg(prefix, extras) or stated

    def from_pyproject(self, prefix: str, extras: frozenset[str]) -> bool:
        """The dependencies of [project] or [tool.poetry], and of the files that setuptools reads them from."""
        file = self.tree.get(f"{prefix}pyproject.toml")
        if file is None:
            return False
        self.files[file.path] = None
        found = pyproject.parse(file)
        self.problems.extend(found.problems)
        if found.document.problem:
            return True
        self.needs_python(found.requires_python, found.requires_python_evidence)
        wanted = [*found.dependencies]
        if not found.has_project and found.poetry:
            needed = {name for extra, names in found.poetry.extras if extra in extras for name in names}
            optional = found.poetry.optional - needed
            wanted = [item for item in found.poetry.requirements if item.name not in optional]
        for extra in sorted(extras):
            wanted.extend(found.optional_dependencies.get(extra, ()))
        self.add_all(wanted, own=found.name, extras=found.optional_dependencies)
        for group in ("", *sorted(extras)):
            for name in found.dynamic_files.get(group, ()):
                evidence = file.evidence(found.document.line("tool", "setuptools", "dynamic"))
                self.requirements_file(posixpath.normpath(f"{prefix}{name}"), evidence)
        is_static = found.has_project and "dependencies" not in found.dynamic
        return is_static or bool(found.poetry or found.dynamic_files)

    def from_setup_cfg(self, prefix: str, extras: frozenset[str]) -> bool:
        """The dependencies of setup.cfg's [options]."""
        file = self.tree.get(f"{prefix}setup.cfg")
        if file is None:
            return False
        found = setup_cfg.parse(file)
        if not (found.dependencies or found.requirement_files or found.optional_dependencies):
            return False
        self.files[file.path] = None
        self.problems.extend(found.problems)
        self.needs_python(found.requires_python, found.requires_python_evidence)
        self.add_all(found.dependencies)
        for extra in sorted(extras):
            self.add_all(found.optional_dependencies.get(extra, ()))
        for name in found.requirement_files:
            self.requirements_file(posixpath.normpath(f"{prefix}{name}"), file.evidence(1))
        return True

    def add_all(
        self,
        requirements: Iterable[DeclaredRequirement],
        *,
        own: str | None = None,
        extras: Mapping[str, tuple[DeclaredRequirement, ...]] | None = None,
    ) -> None:
        """Take in requirements of a project; `name[extra]` of the project itself becomes what the extra needs."""
        seen: set[str] = set()
        pending = list(requirements)
        while pending:
            requirement = pending.pop(0)
            if own and requirement.name == canonicalize_name(own):
                for extra in sorted(requirement.extras - seen):
                    seen.add(extra)
                    pending.extend((extras or {}).get(extra, ()))
            else:
                self.add(requirement)
