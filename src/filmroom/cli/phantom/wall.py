"""The couch and what lies around the rib cage."""

from __future__ import annotations

import numpy as np

from filmroom.cli.phantom.canvas import Canvas
from filmroom.cli.phantom.shapes import between, body_axes, cavity_axes
from filmroom.cli.phantom.tissue import FAT, MUSCLE

__all__ = ["draw_body_wall", "draw_table"]


def draw_table(canvas: Canvas) -> None:
    """The scanner's couch: a shallow carbon trough with a foam core."""
    sag = 131 + (canvas.x / 200) ** 2 * -26
    across = np.abs(canvas.x) - 172
    for depth, hounsfield in ((16.0, -160.0), (13.0, -940.0)):
        slab = np.maximum(np.abs(canvas.y - sag - 8) - depth / 2, across)
        canvas.fill(canvas.cover(slab), hounsfield)


def draw_body_wall(canvas: Canvas, z: float) -> None:
    """Skin, the fat under it, and the muscles that hold the rib cage."""
    a, b = body_axes(z)
    shape = 2.25
    canvas.fill(canvas.ellipse(0, 7, a, b, squareness=shape), 30)
    canvas.fill(canvas.ellipse(0, 7, a - 2, b - 2, squareness=shape), FAT)
    thin = between(z, (0, 9), (120, 13), (320, 15))
    canvas.fill(canvas.ellipse(0, 8, a - thin - 5, b - thin, squareness=2.35), MUSCLE)
    inner = cavity_axes(z)
    canvas.fill(canvas.ellipse(0, -5, inner[0] + 15, inner[1] + 12, squareness=2.3), FAT + 55)
    canvas.fill(canvas.ellipse(0, -6, inner[0] + 9, inner[1] + 7, squareness=2.3), MUSCLE - 10)
    # Fat between the muscles of the shoulder girdle, which end with the shoulder blades.
    for side in (-1, 1):
        upper = between(z, (60, 1), (150, 0))
        canvas.bar((side * 122, -58), (side * 70, -84), 3, FAT, part=upper)
        canvas.bar((side * 142, -28), (side * 138, 30), 7, FAT, part=upper)
        canvas.bar((side * 128, 58), (side * 70, 86), 3, FAT, part=between(z, (90, 1), (190, 0.3)))
        canvas.blob(side * 127, -42, 13, 9, FAT, angle=side * 35, part=upper)
    # Muscles along the spine, in their sheaths of fat.
    for side in (-1, 1):
        canvas.blob(side * 27, 87, 25, 16, FAT, angle=side * -12)
        canvas.blob(side * 27, 87, 23, 14, MUSCLE, angle=side * -12, wobble=0.05)
