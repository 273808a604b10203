"""What the archive announces on the event bus; UIDs, sizes and AE titles only."""

from __future__ import annotations

from dataclasses import dataclass

from filmroom.archive.index.interface import AddKind

__all__ = ["InstanceStored", "InstancesDeleted"]


@dataclass(frozen=True, slots=True)
class InstanceStored:
    """An instance is durable, or (``kind``) was so already; ``size`` in bytes of its blob."""

    kind: AddKind
    sop_class_uid: str
    sop_instance_uid: str
    study_instance_uid: str
    series_instance_uid: str
    transfer_syntax_uid: str
    size: int
    source_ae: str
    other_patient: bool


@dataclass(frozen=True, slots=True)
class InstancesDeleted:
    """Instances are gone from index and blob store."""

    sop_instance_uids: tuple[str, ...]
