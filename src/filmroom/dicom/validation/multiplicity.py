"""Value multiplicity: how many values the dictionary allows (PS3.5 §6.4, PS3.6 §6)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

__all__ = ["Multiplicity"]

_VM = re.compile(r"(\d+)(?:-(?:(\d*)(n)|(\d+)))?")


@dataclass(frozen=True, slots=True)
class Multiplicity:
    """``1``, ``1-3``, ``1-n``, ``2-2n`` and their like: least, most, and the step between."""

    least: int
    most: int | None
    step: int = 1

    @staticmethod
    @lru_cache(maxsize=64)
    def of(vm: str) -> Multiplicity | None:
        """What ``vm`` means; None for text that is no value multiplicity."""
        match = _VM.fullmatch(vm)
        if match is None:
            return None
        least, step, unbounded, most = match.groups()
        if unbounded:
            return Multiplicity(int(least), None, int(step or 1))
        return Multiplicity(int(least), int(most or least))

    def allows(self, count: int) -> bool:
        """Whether ``count`` values may be present."""
        if count < self.least or (self.most is not None and count > self.most):
            return False
        return self.step == 1 or count % self.step == 0
