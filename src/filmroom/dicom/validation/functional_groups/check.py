"""Functional groups held against the table of the IOD (PS3.3 §C.7.6.16.1)."""

from __future__ import annotations

from filmroom.dicom.dataset import DataSet
from filmroom.dicom.validation.attributes import check_rows
from filmroom.dicom.validation.finding import Findings, Location
from filmroom.dicom.validation.frames import PER_FRAME, SHARED
from filmroom.dicom.validation.functional_groups import FUNCTIONAL_GROUPS, FunctionalGroup

__all__ = ["check_functional_groups"]


def check_functional_groups(data_set: DataSet, iod: str, findings: Findings) -> None:
    """Check the shared and per-frame functional groups of a multi-frame object."""
    groups = FUNCTIONAL_GROUPS.get(iod)
    if groups is None or (SHARED not in data_set and PER_FRAME not in data_set):
        return
    shared = data_set.sequence(SHARED)
    frames = data_set.sequence(PER_FRAME)
    for group in groups:
        _check_group(group, shared[0] if shared else None, frames, findings)


def _check_group(
    group: FunctionalGroup,
    shared: DataSet | None,
    frames: tuple[DataSet, ...],
    findings: Findings,
) -> None:
    tag, clause = group.sequence.tag, group.macro.clause
    in_shared = shared is not None and tag in shared
    in_frames = [tag in frame for frame in frames]
    here = Location().item(PER_FRAME if group.per_frame_only else SHARED, 1)
    if in_shared and any(in_frames):
        message = "both shared and per frame, where it shall be one of them"
        findings.error(here, tag, "PS3.3 §C.7.6.16.1.1", message)
    if in_shared and group.per_frame_only:
        findings.error(here, tag, clause, "shared, but it is different for every frame")
    if in_shared and shared is not None:
        check_rows(group.macro.rows, shared, clause, here, findings)
        return
    if not any(in_frames):
        # Said once, not of every frame; frames that are alike may do without per-frame groups.
        if any(_needed(group, frame) for frame in frames or filter(None, (shared,))):
            findings.error(here, tag, clause, _missing(group))
        return
    for number, (frame, present) in enumerate(zip(frames, in_frames, strict=True), 1):
        place = Location().item(PER_FRAME, number)
        if present:
            check_rows(group.macro.rows, frame, clause, place, findings)
        elif _needed(group, frame):
            findings.error(place, tag, clause, _missing(group))


def _needed(group: FunctionalGroup, frame: DataSet) -> bool:
    if group.letter == "M":
        return True
    return group.when is not None and group.when.holds(frame) is True


def _missing(group: FunctionalGroup) -> str:
    if group.when is None:
        return "functional group missing, mandatory"
    return f"functional group missing: required if {group.when.text}"
