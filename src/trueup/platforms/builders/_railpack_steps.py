"""Which of Railpack's steps are built at all, and which steps it refuses for what they start from.

Source: railwayapp/railpack at b5e80580, core/generate/context.go:216-300 (how the configuration changes the inputs),
core/plan/plan.go:53-145 (steps that the image does not need are left out), core/validate.go:75-115 (the refusals);
observed with a binary of that commit (read and run 2026-11-20).
"""

from __future__ import annotations

import json
from typing import Any

from trueup.model.evidence import Evidence
from trueup.platforms.builders._railpack_config import Config

TOOLS = "packages:mise"
_GENERATED: dict[str, list[Any]] = {
    TOOLS: [{"image": "railpack-builder"}],
    "install": [{"step": TOOLS}],
    "build": [{"step": "install"}, "."],
}

Layer = dict[str, Any]


def layer(value: Any) -> Layer:
    """A layer with its keys as Railpack spells them: "." is the project, "$x" a step, "..." the generated ones."""
    if value == ".":
        return {"local": True, "include": ["."]}
    if value == "...":
        return {"spread": True}
    if isinstance(value, str):
        return {"step": value.removeprefix("$")}
    return {key.lower(): item for key, item in value.items() if item} if isinstance(value, dict) else {}


def _layers(own: list[Any] | None, generated: list[Any]) -> list[Layer]:
    """Own layers replace the generated ones, which stand where "..." is; empty ones are left out (plan.go:55)."""
    made = [layer(value) for value in generated]
    if own is None:
        return made
    found = [found for value in own for found in (made if layer(value).get("spread") else [layer(value)])]
    return [item for item in found if item.keys() & {"step", "image", "local"}]


def step_inputs(config: Config, *, is_python: bool) -> dict[str, list[Layer]]:
    """What each step starts from, in the order in which Railpack builds and checks them."""
    generated = _GENERATED if is_python else {TOOLS: _GENERATED[TOOLS]}
    names = [*generated, *(name for name in sorted(config.steps) if name not in generated)]
    found = {}
    for name in names:
        own = config.steps[name].inputs if name in config.steps and name != TOOLS else None
        found[name] = _layers(own, generated.get(name, [{"step": TOOLS}]))
    return found


def _deployed(config: Config, *, is_python: bool) -> set[str]:
    """The steps whose files the image takes (context.go:270)."""
    generated = [{"step": TOOLS}, {"step": "build"}] if is_python else []
    own = config.deploy_inputs
    needed = {item["step"] for item in _layers(own, generated) if "step" in item}
    replaces = own is not None and not any(layer(value).get("spread") for value in own)
    base = layer(config.base).get("step")
    for name, step in config.steps.items():
        if step.outputs or (step.outputs is None and not replaces and name != TOOLS):
            needed.add(name)
    return needed | ({base} if base else set())


def kept_steps(config: Config, *, is_python: bool) -> set[str]:
    """The steps that the image needs, directly or through another; all of them where it names none."""
    inputs = step_inputs(config, is_python=is_python)
    needed = _deployed(config, is_python=is_python)
    if not needed:
        return set(inputs)
    waiting, kept = list(needed), set()
    while waiting:
        name = waiting.pop()
        if name in inputs and name not in kept:
            kept.add(name)
            waiting += [item["step"] for item in inputs[name] if "step" in item]
    return kept


def refused_step(config: Config, kept: set[str], *, is_python: bool) -> tuple[str, Evidence] | None:
    """Railpack's words for the first step that cannot start from its inputs, and where it is written; else None."""
    for name, inputs in step_inputs(config, is_python=is_python).items():
        place = config.steps[name].place if name in config.steps else None
        if name not in kept or place is None:
            continue
        if not inputs:
            return f"step `{name}` has no inputs", place
        first = inputs[0]
        if not first.keys() & {"image", "step"}:
            return f"`{name}` inputs must be an image or step input\n\n{json.dumps(first)}", place
        if first.keys() & {"include", "exclude"}:
            words = f"the first input of `{name}` cannot have any includes or excludes.\n\n{json.dumps(first)}"
            return words, place
    base = layer(config.base)
    if base.get("local") and config.base_place and not base.keys() & {"image", "step"}:
        return "deploy.base is required", config.base_place
    return None
