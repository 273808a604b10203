"""Conditions on the frame that a functional group belongs to (PS3.3 §C.7.6.16).

A functional group stands in the one item of the Shared or in an item of the Per-frame Functional
Groups Sequence; what it depends on may stand in the other. A condition about "this frame" holds of
a shared group when it holds of any frame.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from filmroom.dicom.dataset import DataSet
from filmroom.dicom.validation.condition import Condition, pick, root, tag_of

__all__ = ["PER_FRAME", "SHARED", "frame_differs", "frame_equals", "frame_has", "group_of"]

SHARED = 0x52009229
PER_FRAME = 0x52009230


def group_of(data_set: DataSet) -> DataSet | None:
    """The item of the shared or per-frame groups around ``data_set``; None outside of them."""
    around = data_set
    while around.parent is not None and around.parent.parent is not None:
        around = around.parent
    return None if around.parent is None else around


def _groups(data_set: DataSet) -> list[DataSet]:
    """The items that hold groups of the frame, or of the frames, that ``data_set`` is about."""
    own = group_of(data_set)
    if own is None:
        return []
    top = root(data_set)
    shared = top.sequence(SHARED)
    others = top.sequence(PER_FRAME) if any(item is own for item in shared) else shared
    return [own, *others]


def _frame_values(
    data_set: DataSet, sequences: tuple[int, ...], tag: int, number: int
) -> Iterator[Any]:
    """Value ``number`` of ``tag`` in the named groups of the frame or frames."""
    for group in _groups(data_set):
        for sequence in sequences:
            for item in group.sequence(sequence):
                value = pick(item, tag, number)
                if value is not None:
                    yield value


def frame_equals(
    sequences: tuple[str, ...], keyword: str, *values: str | int, at: int = 1
) -> Condition:
    """Value ``at`` of ``keyword`` in one of the groups ``sequences`` is one of ``values``."""
    tags, tag = tuple(map(tag_of, sequences)), tag_of(keyword)

    def holds(data_set: DataSet) -> bool | None:
        found = list(_frame_values(data_set, tags, tag, at))
        return None if not found else any(value in values for value in found)

    subject = keyword if at == 1 else f"value {at} of {keyword}"
    return Condition(f"{subject} of the frame is {' or '.join(map(str, values))}", holds)


def frame_differs(sequences: tuple[str, ...], keyword: str, *values: str | int) -> Condition:
    """The first value of ``keyword`` in the groups of the frame is another than those."""
    tags, tag = tuple(map(tag_of, sequences)), tag_of(keyword)

    def holds(data_set: DataSet) -> bool | None:
        found = list(_frame_values(data_set, tags, tag, 1))
        return None if not found else any(value not in values for value in found)

    return Condition(f"{keyword} of the frame is other than {' or '.join(map(str, values))}", holds)


def frame_has(*sequences: str) -> Condition:
    """The frame has one of the functional groups ``sequences``."""
    tags = tuple(map(tag_of, sequences))
    return Condition(
        f"the frame has {' or '.join(sequences)}",
        lambda data_set: any(tag in group for group in _groups(data_set) for tag in tags),
    )
