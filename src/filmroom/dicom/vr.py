"""Value representations: the 34 of PS3.5 §6.2, Table 6.2-1, and how each is laid out (§7.1.2)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

__all__ = ["LONG_VRS", "SHORT_VRS", "VR", "VRFacts"]


@dataclass(frozen=True, slots=True)
class VRFacts:
    """How the values of one VR are laid out."""

    length_bytes: int
    """Bytes of the length field in explicit VR: 2, or 4 after two reserved bytes."""
    padding: bytes
    """The byte that makes a value even."""
    item_size: int
    """Bytes of one binary value, and the unit of byte swapping; 1 for bytes, 0 for text."""
    max_length: int | None
    """Most characters (bytes for binary VRs) of one value; None where only the field limits."""
    charset: bool
    """Whether Specific Character Set applies (PS3.5 §6.1.2.2)."""
    multiple: bool
    """Whether the backslash separates values, or binary values follow one another."""

    @property
    def is_text(self) -> bool:
        """Whether the value is characters."""
        return self.item_size == 0


class VR(StrEnum):
    """A value representation; equal to its two letters."""

    AE = "AE"
    AS = "AS"
    AT = "AT"
    CS = "CS"
    DA = "DA"
    DS = "DS"
    DT = "DT"
    FD = "FD"
    FL = "FL"
    IS = "IS"
    LO = "LO"
    LT = "LT"
    OB = "OB"
    OD = "OD"
    OF = "OF"
    OL = "OL"
    OV = "OV"
    OW = "OW"
    PN = "PN"
    SH = "SH"
    SL = "SL"
    SQ = "SQ"
    SS = "SS"
    ST = "ST"
    SV = "SV"
    TM = "TM"
    UC = "UC"
    UI = "UI"
    UL = "UL"
    UN = "UN"
    UR = "UR"
    US = "US"
    UT = "UT"
    UV = "UV"

    facts: VRFacts
    """The row of this VR."""

    __hash__ = str.__hash__  # that of Enum is written in Python, and VRs are keys everywhere


def _text(
    length: int,
    most: int | None,
    *,
    charset: bool = False,
    multiple: bool = True,
    pad: bytes = b" ",
) -> VRFacts:
    return VRFacts(length, pad, 0, most, charset, multiple)


def _binary(length: int, size: int, *, multiple: bool) -> VRFacts:
    return VRFacts(length, b"\0", size, size if multiple else None, False, multiple)


_FACTS: dict[VR, VRFacts] = {
    VR.AE: _text(2, 16),
    VR.AS: _text(2, 4),
    VR.AT: VRFacts(2, b"\0", 2, 4, False, True),  # two 16-bit numbers, swapped each on its own
    VR.CS: _text(2, 16),
    VR.DA: _text(2, 8),
    VR.DS: _text(2, 16),
    VR.DT: _text(2, 26),
    VR.FD: _binary(2, 8, multiple=True),
    VR.FL: _binary(2, 4, multiple=True),
    VR.IS: _text(2, 12),
    VR.LO: _text(2, 64, charset=True),
    VR.LT: _text(2, 10240, charset=True, multiple=False),
    VR.OB: _binary(4, 1, multiple=False),
    VR.OD: _binary(4, 8, multiple=False),
    VR.OF: _binary(4, 4, multiple=False),
    VR.OL: _binary(4, 4, multiple=False),
    VR.OV: _binary(4, 8, multiple=False),
    VR.OW: _binary(4, 2, multiple=False),
    VR.PN: _text(2, 64, charset=True),  # of each component group
    VR.SH: _text(2, 16, charset=True),
    VR.SL: _binary(2, 4, multiple=True),
    VR.SQ: _binary(4, 1, multiple=False),
    VR.SS: _binary(2, 2, multiple=True),
    VR.ST: _text(2, 1024, charset=True, multiple=False),
    VR.SV: _binary(4, 8, multiple=True),
    VR.TM: _text(2, 14),
    VR.UC: _text(4, None, charset=True),
    VR.UI: _text(2, 64, pad=b"\0"),
    VR.UL: _binary(2, 4, multiple=True),
    VR.UN: _binary(4, 1, multiple=False),
    VR.UR: _text(4, None, multiple=False),
    VR.US: _binary(2, 2, multiple=True),
    VR.UT: _text(4, None, charset=True, multiple=False),
    VR.UV: _binary(4, 8, multiple=True),
}

for _vr, _row in _FACTS.items():
    _vr.facts = _row

SHORT_VRS: dict[bytes, VR] = {
    vr.value.encode(): vr for vr, facts in _FACTS.items() if facts.length_bytes == 2
}
"""VRs with a 16-bit length field by their bytes in the stream (PS3.5 Table 7.1-2)."""

LONG_VRS: dict[bytes, VR] = {
    vr.value.encode(): vr for vr, facts in _FACTS.items() if facts.length_bytes == 4
}
"""VRs with two reserved bytes and a 32-bit length field (PS3.5 Table 7.1-1)."""
