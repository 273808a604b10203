"""Liver, spleen, stomach, kidneys, bowel."""

from __future__ import annotations

import numpy as np

from filmroom.cli.phantom.canvas import Canvas, Image
from filmroom.cli.phantom.diaphragm import below_diaphragm
from filmroom.cli.phantom.shapes import ball, between, dome
from filmroom.cli.phantom.tissue import AIR, BLOOD, FAT, MUSCLE

__all__ = ["draw_abdomen"]


def draw_abdomen(canvas: Canvas, cavity: Image, z: float) -> None:
    """Liver, spleen, stomach, kidneys and what lies between them."""
    if z < 186:
        return
    canvas.fill(cavity * below_diaphragm(canvas, z), FAT)
    if z > 290:
        canvas.fill(cavity * between(z, (290, 0), (300, 1)), FAT)
    above = canvas.image.copy()
    grow = dome(z, 188, 62)
    shrink = between(z, (270, 1), (320, 0.78))
    canvas.blob(-66, -6, 67 * grow * shrink, 77 * grow * shrink, 112, wobble=0.03)
    left_lobe = grow * between(z, (210, 1), (285, 0.3), (300, 0))
    canvas.blob(-8, -42, 58 * left_lobe, 32 * left_lobe, 112, angle=-8, wobble=0.04)
    if grow > 0.75:
        for x, y, angle in ((-60, -22, 30), (-84, 10, -50), (-44, 4, 70), (-72, -44, 80)):
            spot = 0.8 + 0.2 * np.cos(z / 7 + x)
            canvas.blob(x + z % 11, y - z % 7, 13 * spot, 2.6, 150, angle=angle)
    if z > 268:
        bladder = ball(z, 292, 24)
        canvas.blob(-62, -52, 15 * bladder, 20 * bladder, 8, angle=15)
    spleen = ball(z, 252, 50)
    canvas.blob(98, 24, 24 * spleen, 47 * spleen, 122, angle=-22, wobble=0.04)
    _stomach_and_bowel(canvas, z)
    for side, centre in ((-1, 312), (1, 300)):
        kidney = ball(z, centre, 46)
        canvas.blob(side * 55, 42, 31 * kidney, 34 * kidney, FAT)
        canvas.blob(side * 54, 42, 24 * kidney, 29 * kidney, 205, angle=side * -28)
        canvas.blob(side * 52, 40, 15 * kidney, 19 * kidney, 150, angle=side * -28, wobble=0.2)
        if kidney > 0.7:
            canvas.blob(side * 42, 33, 11, 8, FAT, angle=side * 30)
            canvas.bar((side * 44, 34), (side * 26, 26), 5, BLOOD)
    canvas.blob(-25, 22, 13, 10, BLOOD - 15, part=between(z, (200, 0), (208, 1)))
    for side in (-1, 1):
        canvas.blob(side * 30, 50, 13, between(z, (240, 6), (320, 20)), MUSCLE, angle=side * 18)
    if z > 262:
        canvas.bar((-22, -6), (48, 8), 19, 88)
        canvas.bar((-8, 4), (20, 10), 8, BLOOD - 10)
        canvas.blob(-2, -6, 6, 6, BLOOD)
    # Organs end at the rib cage and, above, at the diaphragm.
    inside = cavity * (below_diaphragm(canvas, z) if z <= 290 else 1.0)
    canvas.image = inside * canvas.image + (1 - inside) * above


def _stomach_and_bowel(canvas: Canvas, z: float) -> None:
    stomach = ball(z, 258, 48)
    if stomach > 0.2:
        a, b, x, y = 40 * stomach, 34 * stomach, 56, -32
        canvas.blob(x, y, a + 3, b + 3, 75, angle=14, wobble=0.03)
        canvas.blob(x, y, a, b, 18, angle=14, wobble=0.03)
        # The patient lies on the back: gas rises to the front and the fluid's level is flat.
        gas = canvas.ellipse(x, y, a * 0.94, b * 0.94) * canvas.cover(
            canvas.y - np.float32(y - b * 0.2) + 0 * canvas.x
        )
        canvas.fill(gas, AIR + 20)
    if z > 276:
        loops = (
            *((-20, -64, 17, 10), (22, -68, 20, 11), (64, -58, 18, 13), (100, -22, 14, 17)),
            *((24, -40, 15, 11), (56, -30, 17, 10), (78, -2, 12, 13), (40, -8, 13, 10)),
            *((-2, -36, 12, 9), (102, 22, 13, 15)),
        )
        for number, (x, y, a, b) in enumerate(loops):
            swell = 0.85 + 0.15 * np.cos(z / 9 + number * 2)
            part = between(z, (276, 0), (284, 1)) if number < 4 else between(z, (298, 0), (304, 1))
            canvas.blob(x, y, a * swell, b * swell, 60, part=part, wobble=0.12)
            canvas.blob(x, y, (a - 3) * swell, (b - 3) * swell, 25, part=part, wobble=0.12)
            if number in (1, 3, 9):
                canvas.blob(x, y - 2, (a - 6) * swell, (b - 6) * swell, AIR + 60, part=part)
