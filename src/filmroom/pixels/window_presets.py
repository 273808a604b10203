"""Windows with names that radiologists know: ``lung``, ``bone``, ``brain``, …

All are of Hounsfield units, the only scale that is the same on every scanner; what MR or
radiography stores means something else on each. Numbers are those in common use in textbooks and
on consoles; no standard sets them.
"""

from __future__ import annotations

from dataclasses import dataclass

from filmroom.errors import InvalidValue
from filmroom.pixels.window import Window

__all__ = ["PRESETS", "Preset", "preset", "presets_for"]


@dataclass(frozen=True, slots=True)
class Preset:
    """A named window for the images of one modality."""

    name: str
    centre: float
    width: float
    body_parts: frozenset[str]
    """Body Part Examined (0018,0015) of the images that it suits most; none for any."""
    modality: str = "CT"

    @property
    def window(self) -> Window:
        """The window itself."""
        return Window(self.centre, self.width, explanation=self.name)


_HEAD = frozenset({"HEAD", "BRAIN", "SKULL"})
_EAR = frozenset({"HEAD", "SKULL", "EAR", "IAC", "TEMPORALBONE"})
_CHEST = frozenset({"CHEST", "THORAX", "LUNG", "HEART"})
_BELLY = frozenset({"ABDOMEN", "PELVIS", "ABDOMENPELVIS", "LIVER"})
_SPINE = frozenset({"SPINE", "CSPINE", "TSPINE", "LSPINE", "SSPINE"})
_BONES = _SPINE | {
    "EXTREMITY",
    "SHOULDER",
    "ELBOW",
    "WRIST",
    "HAND",
    "HIP",
    "KNEE",
    "ANKLE",
    "FOOT",
}

PRESETS: dict[str, Preset] = {
    row.name: row
    for row in (
        Preset("soft-tissue", 40, 400, frozenset()),
        Preset("abdomen", 40, 350, _BELLY),
        Preset("liver", 80, 150, _BELLY),
        Preset("mediastinum", 50, 350, _CHEST),
        Preset("lung", -600, 1500, _CHEST),
        Preset("angiography", 300, 600, frozenset()),
        Preset("bone", 400, 1800, _BONES),
        Preset("spine", 50, 250, _SPINE),
        Preset("brain", 40, 80, _HEAD),
        Preset("stroke", 32, 8, _HEAD),
        Preset("subdural", 75, 215, _HEAD),
        Preset("temporal-bone", 600, 2800, _EAR),
    )
}
"""The presets by name."""


def presets_for(modality: str, body_part: str = "") -> tuple[Preset, ...]:
    """The presets for images of ``modality``, those that suit ``body_part`` most first."""
    wanted = body_part.strip().upper().replace(" ", "")
    rows = [row for row in PRESETS.values() if row.modality == modality]
    return tuple(sorted(rows, key=lambda row: wanted not in row.body_parts))


def preset(name: str, modality: str) -> Window:
    """The window of the preset ``name``; case, spaces and underscores do not matter.

    Raises InvalidValue for an unknown name, and for an image of another modality than its.
    """
    row = PRESETS.get(name.strip().lower().replace(" ", "-").replace("_", "-"))
    if row is None:
        raise InvalidValue("no preset of this name", hint=f"there are {', '.join(PRESETS)}")
    if row.modality != modality:
        raise InvalidValue(
            f"the preset {row.name} is for {row.modality} images",
            hint="give a window as centre and width",
        )
    return row.window
