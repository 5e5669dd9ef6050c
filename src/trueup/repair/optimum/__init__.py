"""The smallest set of version changes after which a project installs, with a certificate that it is the smallest."""

from __future__ import annotations

from trueup.repair.optimum._optimizer import minimal_bumps
from trueup.repair.optimum._plan import BumpPlan, Certificate, CertificateVariable, Fact, PinChange, Unsatisfied

__all__ = ["BumpPlan", "Certificate", "CertificateVariable", "Fact", "PinChange", "Unsatisfied", "minimal_bumps"]
