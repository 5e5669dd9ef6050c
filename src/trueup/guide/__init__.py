"""The alignment report and deployment guide as data, from the results of check and the code facts alone."""

from __future__ import annotations

from trueup.guide.document import Document
from trueup.guide.material import Material
from trueup.guide.writing import write_guide

__all__ = ["Document", "Material", "write_guide"]
