"""What a builder makes of a folder that it takes for another language than Python: told, not predicted."""

from __future__ import annotations

from trueup.model.evidence import Fact, Unknown


def not_predicted(builder: str, provider: Fact[str | None]) -> Unknown:
    """The unknown that keeps a service of another language from looking as if it had been checked.

    Args:
        builder: the builder's name as people write it.
        provider: the language provider that it takes, with the file that decides it.
    """
    sign = next((item.place for item in provider.evidence if item.place), "")
    because = f" ({sign})" if sign else ""
    reason = (
        f"{builder} takes its {provider.value} provider{because}: what that installs, builds and starts is not "
        "predicted, for trueup knows the rules for Python alone"
    )
    return Unknown("build", reason, provider.evidence, essential=True)
