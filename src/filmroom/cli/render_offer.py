"""What an image offers to ``filmroom render``: frames, windows, presets, overlays."""

from __future__ import annotations

from typing import Any

from filmroom.dicom import DicomFile
from filmroom.pixels.lut import LookupTable
from filmroom.pixels.overlay import overlays
from filmroom.pixels.render import Renderer
from filmroom.pixels.window import VoiLut
from filmroom.pixels.window_presets import presets_for

__all__ = ["offer", "offer_lines"]


def offer(file: DicomFile) -> dict[str, Any]:
    """The offer of an image as JSON has it; raises DataErrors where nothing can be rendered."""
    data_set = file.data_set
    renderer = Renderer(data_set, file.transfer_syntax)
    description = renderer.description
    monochrome = renderer.is_monochrome
    modality, body_part = data_set.text("Modality"), data_set.text("BodyPartExamined")
    return {
        "rows": description.rows,
        "columns": description.columns,
        "frames": len(renderer),
        "photometric_interpretation": description.photometric_interpretation,
        "windows": [_lut(lut) for lut in renderer.voi_luts()] if monochrome else [],
        "presets": ([row.name for row in presets_for(modality, body_part)] if monochrome else []),
        "overlays": [
            {"group": f"{overlay.group:04X}", "type": overlay.type, "label": overlay.label}
            for overlay in overlays(data_set)
        ],
    }


def _lut(lut: VoiLut) -> dict[str, Any]:
    if isinstance(lut, LookupTable):
        return {"kind": "table", "entries": len(lut.entries), "explanation": lut.explanation}
    return {
        "kind": "window",
        "centre": lut.centre,
        "width": lut.width,
        "function": str(lut.function),
        "explanation": lut.explanation,
    }


def offer_lines(found: dict[str, Any]) -> list[str]:
    """An offer as lines for people; windows have the numbers that ``--window-index`` takes."""
    frames = found["frames"]
    lines = [
        f"{found['rows']} rows, {found['columns']} columns, {frames} frame{'s' * (frames != 1)},"
        f" {found['photometric_interpretation']}"
    ]
    for number, lut in enumerate(found["windows"], 1):
        if lut["kind"] == "table":
            text = f"table of {lut['entries']} entries"
        else:
            text = f"window {lut['centre']:g},{lut['width']:g}"
            text += "" if lut["function"] == "LINEAR" else f",{lut['function'].lower()}"
        lines.append(f"{number:>3}  {text}  {lut['explanation']}".rstrip())
    if found["presets"]:
        lines.append(f"     presets: {', '.join(found['presets'])}")
    for overlay in found["overlays"]:
        lines.append(
            f"     overlay {overlay['group']} {overlay['type']} {overlay['label']}".rstrip()
        )
    return lines
