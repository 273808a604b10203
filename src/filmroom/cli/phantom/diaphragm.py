"""The border between chest and abdomen."""

from __future__ import annotations

import numpy as np

from filmroom.cli.phantom.canvas import Canvas, Image
from filmroom.cli.phantom.shapes import dome

__all__ = ["below_diaphragm"]


def below_diaphragm(canvas: Canvas, z: float) -> Image:
    """What the diaphragm's two domes hold under them, the right one higher."""
    right, left = dome(z, 186, 84), dome(z, 202, 84)
    return np.maximum(
        canvas.ellipse(-62, -10, 72 * right, 80 * right, squareness=2.2),
        np.maximum(
            canvas.ellipse(66, -10, 66 * left, 80 * left, squareness=2.2),
            canvas.ellipse(0, -28, 62 * right * (z > 205), 58 * right),
        ),
    )
