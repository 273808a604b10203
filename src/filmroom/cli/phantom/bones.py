"""Ribs, breastbone, shoulders and spine."""

from __future__ import annotations

import numpy as np

from filmroom.cli.phantom.canvas import Canvas
from filmroom.cli.phantom.shapes import between, cavity_axes
from filmroom.cli.phantom.tissue import CARTILAGE, CORTICAL_BONE, FAT, MUSCLE, SPONGY_BONE, WATER

__all__ = ["draw_ribs", "draw_shoulder_bones", "draw_spine"]


_SPINE = 56.0
"""How far behind the middle the vertebral bodies stand, in millimetres."""
_RIB_SPACING, _RIB_DROP = 25.0, 95.0
"""Millimetres between ribs, and how far a rib descends from the back to the front."""
_RIBS = 12


def draw_ribs(canvas: Canvas, z: float) -> None:
    """Slanting ribs, so that a slice cuts each in a long oval; cartilage; breastbone."""
    a, b = (axis + 8 for axis in cavity_axes(z))
    radius = np.sqrt((canvas.x / a) ** 2 + ((canvas.y + 6) / b) ** 2)
    outward = (radius - 1) * min(a, b)
    # 0 at the back, 1 at the front, the same on both sides.
    turn = np.abs(np.arctan2(canvas.x / a, (canvas.y + 6) / b)) / np.float32(np.pi)
    near = np.abs(outward) < 6
    descent = _RIB_DROP * np.clip(turn - 0.1, 0, 1) ** 0.9 - 12 * np.exp(
        -(((turn - 0.1) / 0.1) ** 2)
    )
    for number in range(_RIBS):
        top = -34 + number * _RIB_SPACING
        end = 0.80 if number < 7 else 0.80 - (number - 6) * 0.085
        rise = (z - top - descent) / 6.5
        across = outward / 4.2
        distance = (np.sqrt(rise * rise + across * across) - 1) * 4.2
        reach = canvas.cover((turn - end) * a * 3)
        away = canvas.cover((0.105 - turn) * a * 3)
        rib = canvas.cover(distance) * reach * away * near
        canvas.fill(rib, CORTICAL_BONE)
        canvas.fill(canvas.cover(distance + 2.2) * reach * away * near, SPONGY_BONE)
        if number < 8:
            canvas.fill(canvas.cover(distance) * (1 - reach) * (turn < 0.93) * near, CARTILAGE)
    sternum = between(z, (50, 0), (56, 1), (212, 1), (222, 0))
    if sternum > 0:
        y = -6 - cavity_axes(z)[1] - 7
        width = between(z, (56, 27), (90, 19), (190, 21), (215, 9))
        canvas.blob(0, y, width, 7.5, CORTICAL_BONE, part=sternum)
        canvas.blob(0, y, width - 2.5, 5, SPONGY_BONE, part=sternum)


def draw_shoulder_bones(canvas: Canvas, z: float) -> None:
    """Collar bones and shoulder blades of arms that are held up."""
    for side in (-1, 1):
        if z < 44:
            inner = between(z, (0, 74), (44, 22))
            canvas.bone((side * inner, -52 - z / 4), (side * (inner + 44), -46 - z / 4), 12)
        blade = between(z, (10, 0), (14, 1), (150, 1), (156, 0))
        if blade > 0:
            x = between(z, (10, 92), (150, 88))
            length = between(z, (10, 66), (90, 46), (150, 12))
            start = (side * x, 79.0 - z / 30)
            end = (side * (x + length * 0.68), 79.0 - z / 30 - length * 0.66)
            canvas.bone(start, end, 5.5 if z > 30 else 8, part=blade)
            if z < 70:
                canvas.bone(end, (end[0] + side * 6, end[1] - 8), 15, part=blade)
                canvas.bone((side * (x + 16), 68 - z / 30), (side * (x + 29), 74), 6, part=blade)


def draw_spine(canvas: Canvas, z: float) -> None:
    """A vertebra or the disc below it, the canal with the cord, the arch and its processes."""
    place = (z + 6) % 26
    size = between(z, (0, 0.8), (320, 1.16))
    a, b = 18 * size, 14.5 * size
    waist = 1 - 0.1 * np.sin(np.pi * place / 21) if place < 21 else 1.03
    canvas.blob(0, _SPINE + 26, 25, 15, MUSCLE)
    if place < 21:
        end_plate = place < 2 or place > 19
        canvas.blob(0, _SPINE, a * waist, b * waist, 520 if end_plate else CORTICAL_BONE - 160)
        inner = 420.0 if end_plate else SPONGY_BONE - 30
        canvas.blob(0, _SPINE, a * waist - 2.2, b * waist - 2.2, inner)
    else:
        canvas.blob(0, _SPINE, a, b, CARTILAGE)
    back = _SPINE + b + 7.5
    canvas.blob(0, back, 15.5, 13, CORTICAL_BONE if place < 13 else MUSCLE)
    for side in (-1, 1):
        if place < 9:
            canvas.bone((side * 13, back - 2), (side * 34, back + 7), 9)
            canvas.bone((side * 11, back - 9), (side * 12, back), 8)
        elif place < 18:
            canvas.bone((side * 12, back + 5), (side * 15, back + 8), 9)
        canvas.bone((side * 4, back + 11), (side * 12, back + 3), 6)
    if place < 20:
        canvas.bone((0, back + 11), (0, back + 28 * size), 6.5)
    canvas.blob(0, back, 10.5, 8.8, FAT + 60)
    canvas.blob(0, back, 9, 7.6, WATER + 10)
    if z < 290:
        canvas.blob(0, back - 0.5, 5, 3.9, 42)
