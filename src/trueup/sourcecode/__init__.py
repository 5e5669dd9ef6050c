"""What the code says without running it: applications, start commands, variables, routes, imports, disk writes."""

from __future__ import annotations

from trueup.sourcecode.facts import CodeFacts, code_facts

__all__ = ["CodeFacts", "code_facts"]
