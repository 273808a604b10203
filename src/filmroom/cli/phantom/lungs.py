"""Lungs with their vessels and airways."""

from __future__ import annotations

from functools import cache

import numpy as np

from filmroom.cli.phantom.canvas import Canvas, Image
from filmroom.cli.phantom.chest import heart_shadow
from filmroom.cli.phantom.diaphragm import below_diaphragm
from filmroom.cli.phantom.shapes import between, cavity_axes
from filmroom.cli.phantom.tissue import AIR, FAT, LUNG, MUSCLE

__all__ = ["draw_lungs"]


def draw_lungs(canvas: Canvas, cavity: Image, z: float) -> None:
    """Both lungs above the diaphragm, with the mediastinum between and vessels within."""
    room = cavity * canvas.ellipse(0, -6, *(axis - 2 for axis in cavity_axes(z)), squareness=2.3)
    half_width = np.interp(
        canvas.y.ravel(),
        [-95, -70, -40, 0, 30, 55, 80],
        [4, 7, 30, between(z, (0, 26), (90, 34), (140, 44), (200, 34)), 30, 31, 42],
    )[:, None].astype(np.float32)
    mediastinum = canvas.cover(np.abs(canvas.x) - half_width)
    lungs = room * (1 - mediastinum) * (1 - below_diaphragm(canvas, z))
    lungs *= 1 - heart_shadow(canvas, z)
    apex = between(z, (4, 0), (9, 1))
    canvas.fill(cavity * mediastinum * between(z, (205, 1), (225, 0)), FAT + 15)
    if apex <= 0:
        canvas.fill(cavity, MUSCLE - 5)
        return
    gravity = LUNG + (canvas.y + 90) * 0.32
    canvas.fill(lungs * apex, gravity)
    before = canvas.image.copy()
    for px, py, pz, radius in _lung_vessels():
        depth = abs(pz - z)
        if depth < radius + 2.6:
            part = min(1.0, (radius + 2.6 - depth) / 2.6)
            canvas.blob(px, py, radius, radius, 45, part=part)
    inside = lungs > 0.5
    canvas.image = np.where(inside, canvas.image, before)
    _airways(canvas, z)


@cache
def _lung_vessels() -> tuple[tuple[float, float, float, float], ...]:
    """Points (x, y, z, radius) along vessels that branch from each hilum into its lung."""
    random = np.random.default_rng(1895)
    points = []
    for side in (-1, 1):
        for _ in range(150):
            around, height = random.uniform(0, 2 * np.pi), random.uniform(-105, 105)
            reach = random.uniform(0.72, 0.97)
            # Lungs are seen from their hilum: outward in x, both ways in y and z.
            end = np.array(
                [
                    side * (74 + 48 * np.cos(around) * reach),
                    -4 + 74 * np.sin(around) * reach,
                    125 + height,
                ]
            )
            start = np.array([side * 38.0, 6.0, 128 + height * 0.16])
            bend = random.normal(0, 11, 3)
            steps = np.linspace(0, 1, 44)
            path = start + (end - start) * steps[:, None]
            path += bend * np.sin(np.pi * steps)[:, None]
            width = random.uniform(2.4, 5.2)
            radii = width * (1 - steps) ** 1.15 + 0.55
            points += [
                (float(x), float(y), float(z), float(radius))
                for (x, y, z), radius in zip(path, radii, strict=True)
            ]
    return tuple(points)


def _airways(canvas: Canvas, z: float) -> None:
    """Windpipe, its fork, the main bronchi."""
    if z < 112:
        y = between(z, (0, 4), (110, 22))
        canvas.blob(0, y, 11, 11.5, MUSCLE)
        canvas.blob(0, y, 9, 9.5, AIR)
        canvas.bar((-6, y + 8), (6, y + 8), 2.5, MUSCLE)
    elif z < 168:
        for side, slope in ((-1, 0.85), (1, 1.05)):
            x = side * (6 + (z - 112) * slope)
            if abs(x) < 52:
                canvas.blob(x, 20, 9.5, 7.5, MUSCLE)
                canvas.blob(x, 20, 7.5, 5.8, AIR)
