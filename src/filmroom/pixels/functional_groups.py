"""What holds for one frame of an enhanced multi-frame image: functional groups (PS3.3 §C.7.6.16).

A functional group is a sequence of one item, either shared by all frames or given for each.
"""

from __future__ import annotations

from filmroom.dicom import DataSet

__all__ = ["functional_group"]

_SHARED = 0x52009229
_PER_FRAME = 0x52009230


def functional_group(data_set: DataSet, sequence: int, frame: int) -> DataSet | None:
    """The item of the functional group ``sequence`` that holds for ``frame``, counted from 0.

    None where neither the frame's own groups nor the shared ones have it.
    """
    per_frame = data_set.sequence(_PER_FRAME)
    for groups in (*per_frame[frame : frame + 1], *data_set.sequence(_SHARED)[:1]):
        items = groups.sequence(sequence)
        if items:
            return items[0]
    return None
