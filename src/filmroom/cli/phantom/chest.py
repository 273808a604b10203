"""Heart and great vessels."""

from __future__ import annotations

from filmroom.cli.phantom.canvas import Canvas, Image
from filmroom.cli.phantom.shapes import ball, between
from filmroom.cli.phantom.tissue import AIR, BLOOD, FAT, MUSCLE

__all__ = ["draw_heart_and_vessels", "heart_shadow"]


def heart_shadow(canvas: Canvas, z: float) -> Image:
    """Where the heart leaves no room for the lungs."""
    scale = ball(z, 188, 52)
    return canvas.ellipse(21, -30, 69 * scale, 52 * scale, squareness=2.1)


def draw_heart_and_vessels(canvas: Canvas, z: float) -> None:
    """Heart with its chambers, the great vessels with contrast medium in them, oesophagus."""
    scale = ball(z, 188, 50)
    if scale > 0.2:
        canvas.blob(21, -30, 67 * scale, 50 * scale, FAT + 20, angle=24, wobble=0.04)
        canvas.blob(21, -30, 63 * scale, 46 * scale, 95, angle=24, wobble=0.04)
        if scale > 0.5:
            canvas.blob(48, -24, 27 * scale, 17 * scale, BLOOD, angle=38, wobble=0.06)
            canvas.blob(16, -52, 34 * scale, 13 * scale, BLOOD - 15, angle=28, wobble=0.08)
            canvas.blob(-24, -24, 16 * scale, 20 * scale, BLOOD - 20, wobble=0.08)
            canvas.blob(10, 6, 27 * scale, 11 * scale, BLOOD, wobble=0.05)
            canvas.bar((6, -40), (38, -8), 4 * scale, 95)
    if z < 84:  # the arteries to head and arms, and their veins
        for across, front, width in ((-17, -14, 6.5), (5, -18, 4.5), (19, -4, 5.5)):
            canvas.blob(across, front, width, width, BLOOD + 20)
        canvas.blob(-27, -24, 8, 7, BLOOD - 25)
        canvas.blob(18, -34, 13, 5.5, BLOOD - 25, angle=20)
        if z < 30:  # thyroid, bright with its iodine
            for side in (-1, 1):
                canvas.blob(side * 17, 2, 7, 11, 150, angle=side * 14)
    if 84 <= z < 104:
        canvas.bar((-12, -26), (22, 30), 24, BLOOD + 20)
    if 100 <= z < 152:
        canvas.blob(-14, -30, 15.5, 15.5, BLOOD + 20)
    if z >= 84:
        canvas.blob(-30, -12, 8.5, 9.5, BLOOD - 15, part=between(z, (150, 1), (158, 0)))
    if 112 <= z < 140:
        canvas.blob(18, -30, 15, 13, BLOOD, angle=35)
        canvas.bar((20, -22), (44, 6), 15, BLOOD)
        if z >= 122:
            canvas.bar((10, -10), (-40, 2), 14, BLOOD)
    if z >= 100:
        x = between(z, (104, 25), (200, 20), (260, 6), (320, 3))
        y = between(z, (104, 38), (200, 43), (260, 34), (320, 32))
        radius = between(z, (104, 12.5), (320, 9.5))
        canvas.blob(x, y, radius + 1.2, radius + 1.2, 60)
        canvas.blob(x, y, radius, radius, BLOOD + 20)
    if z < 236:
        y = between(z, (0, 22), (110, 39), (236, 28))
        x = between(z, (0, 6), (180, 6), (236, 18))
        canvas.blob(x, y, 7, 5.5, MUSCLE - 10)
        canvas.blob(x, y, 1.8, 1.4, AIR)
