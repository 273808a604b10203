"""The shape of a rule: attributes that must agree with each other, beyond types and values."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from filmroom.dicom.dataset import DataSet
from filmroom.dicom.uid import TransferSyntax
from filmroom.dicom.validation.finding import Severity

__all__ = ["Fault", "Rule", "Subject", "integers", "number"]

Fault = tuple[int, str]
"""The tag at fault, and what is wrong with it, without its value."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What a rule may want to know of the whole beside the data set it looks at."""

    transfer_syntax: TransferSyntax
    """That of the file, before inflating."""
    iod: str = ""
    """Short name of the IOD; empty where none is known."""


@dataclass(frozen=True, slots=True)
class Rule:
    """``check`` yields what is wrong; ``everywhere`` also in items, as icons and functional groups.

    A rule whose attributes are absent has nothing to say: that they are is another finding.
    """

    name: str
    section: str
    check: Callable[[DataSet, Subject], Iterator[Fault]]
    everywhere: bool = False
    severity: Severity = Severity.ERROR


def number(data_set: DataSet, tag: int) -> int | None:
    """The first value of ``tag`` as an integer; None where there is none."""
    values = data_set.values_of(tag)
    return int(values[0]) if values and isinstance(values[0], int) else None


def integers(data_set: DataSet, tag: int) -> tuple[int, ...]:
    """The values of ``tag`` where all are integers; else none, as of a VR that is not its own."""
    values = data_set.values_of(tag)
    return values if all(isinstance(value, int) for value in values) else ()
