"""One axial slice of the phantom, drawn organ by organ.

Millimetres throughout, in the patient's directions (PS3.3 §C.7.6.2.1.1): ``x`` grows to the left
hand, ``y`` to the back, ``z`` here from the neck down to the feet. Edges are drawn by how much of a
pixel a shape covers. The same arguments give the same slice, bit for bit.
"""

from __future__ import annotations

from filmroom.cli.phantom.abdomen import draw_abdomen
from filmroom.cli.phantom.bones import draw_ribs, draw_shoulder_bones, draw_spine
from filmroom.cli.phantom.canvas import Canvas, Image
from filmroom.cli.phantom.chest import draw_heart_and_vessels
from filmroom.cli.phantom.lungs import draw_lungs
from filmroom.cli.phantom.shapes import cavity_axes
from filmroom.cli.phantom.wall import draw_body_wall, draw_table

__all__ = ["HEIGHT", "hounsfield_slice"]

HEIGHT = 320.0
"""Millimetres from the first to the last slice: from the first rib to the kidneys."""


def hounsfield_slice(z: float, *, size: int = 512, field_of_view: float = 400.0) -> Image:
    """The axial slice ``z`` millimetres down, ``size`` pixels square, in Hounsfield units."""
    canvas = Canvas(size, field_of_view)
    draw_table(canvas)
    draw_body_wall(canvas, z)
    cavity = canvas.ellipse(0, -6, *cavity_axes(z), squareness=2.3)
    draw_abdomen(canvas, cavity, z)
    draw_lungs(canvas, cavity, z)
    draw_heart_and_vessels(canvas, z)
    draw_ribs(canvas, z)
    draw_shoulder_bones(canvas, z)
    draw_spine(canvas, z)
    return canvas.image
