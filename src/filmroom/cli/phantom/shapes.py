"""How outlines change on the way down: interpolation, domes, balls, the body's own outlines."""

from __future__ import annotations

import numpy as np

__all__ = ["ball", "between", "body_axes", "cavity_axes", "dome"]


def between(z: float, *points: tuple[float, float]) -> float:
    """Linear interpolation in ``points`` of (z, value), held beyond the ends."""
    return float(np.interp(z, [p[0] for p in points], [p[1] for p in points]))


def dome(z: float, top: float, height: float) -> float:
    """Relative radius of a dome that begins at ``top`` and is full ``height`` further down."""
    if z <= top:
        return 0.0
    return float(np.sqrt(1 - (1 - min(1.0, (z - top) / height)) ** 2))


def ball(z: float, centre: float, radius: float) -> float:
    """Relative radius of an ellipsoid's cross-section, 0 beyond it."""
    return float(np.sqrt(max(0.0, 1 - ((z - centre) / radius) ** 2)))


def body_axes(z: float) -> tuple[float, float]:
    """Half axes of the skin's outline."""
    return (
        between(z, (0, 172), (60, 170), (170, 160), (250, 154), (320, 150)),
        between(z, (0, 104), (60, 112), (150, 118), (250, 115), (320, 111)),
    )


def cavity_axes(z: float) -> tuple[float, float]:
    """Half axes of the inside of the rib cage; it opens below the neck."""
    return (
        between(z, (0, 64), (25, 88), (60, 108), (120, 125), (200, 131), (320, 127)),
        between(z, (0, 50), (25, 64), (60, 76), (120, 86), (200, 90), (320, 85)),
    )
