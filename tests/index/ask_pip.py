"""Run by test_select_pip in a process of its own: what pip's own finder takes, for many cases at once.

Reads a JSON list of [links file, requirement, python, platforms, abis] from its input; writes the chosen file names.
"""

from __future__ import annotations

import json
import sys
from typing import Any


def main() -> None:
    from pip._internal.cli.main_parser import create_main_parser  # noqa: F401 (fails early where pip is too different)
    from pip._internal.index.collector import LinkCollector
    from pip._internal.index.package_finder import PackageFinder
    from pip._internal.models.search_scope import SearchScope
    from pip._internal.models.selection_prefs import SelectionPreferences
    from pip._internal.models.target_python import TargetPython
    from pip._internal.network.session import PipSession
    from pip._vendor.packaging.requirements import Requirement

    session = PipSession()
    targets: dict[str, Any] = {}
    chosen: list[str | None] = []
    for links, text, python, platforms, abis in json.load(sys.stdin):
        key = json.dumps([python, platforms, abis])
        if key not in targets:
            version = tuple(int(part) for part in python.split("."))
            targets[key] = TargetPython(platforms=platforms, py_version_info=version, abis=abis, implementation="cp")
        scope = SearchScope.create(find_links=[links], index_urls=[], no_index=True)
        collector = LinkCollector(session=session, search_scope=scope)
        preferences = SelectionPreferences(allow_yanked=True)
        finder = PackageFinder.create(collector, preferences, targets[key])
        requirement = Requirement(text)
        best: Any = finder.find_best_candidate(requirement.name, requirement.specifier)
        pinned = any(spec.operator == "==" for spec in requirement.specifier)
        applicable = list(best.iter_applicable() if hasattr(best, "iter_applicable") else best.applicable_candidates)
        # What pip's resolver does with them (`_internal/resolution/resolvelib/factory.py`, iter_index_candidate_infos).
        all_yanked = all(candidate.link.is_yanked for candidate in applicable)
        usable = [c for c in reversed(applicable) if not c.link.is_yanked or (all_yanked and pinned)]
        chosen.append(usable[0].link.filename if usable else None)
    json.dump(chosen, sys.stdout)


main()
