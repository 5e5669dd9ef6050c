"""Tell what a rule means, why it fails a deployment, and what to do; without an ID, list all rules."""

from __future__ import annotations

import argparse
import difflib
import importlib
import sys

from trueup.errors import UsageError
from trueup.registry import discover

HELP = "explain a rule of `check` or of `diagnose`"
FAMILIES = {"check": ("trueup.checks", "CHECK"), "diagnose": ("trueup.logrules", "RULE")}


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("id", nargs="?", metavar="ID", help="the rule's id, such as no-wheel")


def documentation(package: str, rule: str) -> str:
    """The docstring of a rule's module."""
    module = importlib.import_module(f"{package}.{rule.replace('-', '_')}")
    return (module.__doc__ or "").strip()


def run(arguments: argparse.Namespace) -> int:
    """Print one rule, or the list of all."""
    rules = {
        (family, rule): plugin.title
        for family, (package, constant) in FAMILIES.items()
        for rule, plugin in discover(package, constant).items()
    }
    if arguments.id is None:
        width = max(len(rule) for _, rule in rules)
        for family in FAMILIES:
            sys.stdout.write(f"Rules of `trueup {family}`:\n")
            lines = [f"  {rule:<{width}}  {title}\n" for (owner, rule), title in rules.items() if owner == family]
            sys.stdout.write("".join(lines) + "\n")
        return 0
    found = [(family, rule) for family, rule in rules if rule == arguments.id]
    if not found:
        near = difflib.get_close_matches(arguments.id, [rule for _, rule in rules], n=3, cutoff=0.5)
        hint = f"Did you mean {' or '.join(near)}?" if near else "`trueup rule` lists all rules."
        raise UsageError(f"there is no rule {arguments.id!r}", hint=hint)
    for family, rule in found:
        sys.stdout.write(f"{rule} (trueup {family})\n\n{documentation(FAMILIES[family][0], rule)}\n")
    return 0
