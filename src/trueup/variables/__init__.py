"""The environment variables of a project's services: which there are, their example file, and whether a .env is fit.

`listing` gathers them from the code facts, `example` writes and completes .env.example, `judging` looks at a .env.
Nothing here keeps or prints the value of a variable.
"""

from __future__ import annotations

from trueup.variables.listing import ServiceVariables, UsedVariable, service_variables

__all__ = ["ServiceVariables", "UsedVariable", "service_variables"]
