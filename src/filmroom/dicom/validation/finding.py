"""What validation finds: where, how grave, by which clause; never the value itself.

A value may be patient data, so a finding names its place and the rule it breaks. Whoever may see
the value looks it up by the path (:func:`value_at`).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from filmroom.dicom.dataset import DataSet
from filmroom.dicom.dictionary import lookup
from filmroom.dicom.tag import Tag

__all__ = ["ALIKE", "Finding", "Findings", "Location", "Report", "Severity", "value_at"]

ALIKE = 10
"""Of findings that differ by their item only a report keeps that many, and counts the rest."""
_MOST = 10_000

_STEP = re.compile(r"\(([0-9A-F]{4}),([0-9A-F]{4})\)(?:\[(\d+)\])?")


class Severity(StrEnum):
    """How grave a finding is."""

    ERROR = "error"
    """The standard is violated."""
    WARNING = "warning"
    """Very likely wrong, or contrary to what the standard advises."""
    NOTE = "note"
    """Allowed, but worth knowing: retired attributes, parts that were not checked."""


_RANK = {severity: rank for rank, severity in enumerate(Severity)}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found: ``path`` like ``(0040,A730)[2]/(0008,0100)``, items counted from 1.

    ``path`` is empty where the finding is about the whole; ``section`` is like ``PS3.3 §C.7.1.1``.
    """

    severity: Severity
    path: str
    keyword: str
    section: str
    message: str

    def __str__(self) -> str:
        """On one line, for people."""
        where = " ".join(part for part in (self.path, self.keyword) if part)
        return f"{self.severity:7} {where}{': ' if where else ''}{self.message} [{self.section}]"


@dataclass(frozen=True, slots=True)
class Location:
    """A data set among nested ones: the sequences and item numbers on the way to it."""

    steps: tuple[tuple[int, int], ...] = ()

    def item(self, tag: int, number: int) -> Location:
        """The item ``number``, counted from 1, of the sequence ``tag`` in this data set."""
        return Location((*self.steps, (int(tag), number)))

    def path(self, tag: int | None = None) -> str:
        """The path of this data set, or of ``tag`` in it."""
        parts = [f"{Tag(step)}[{number}]" for step, number in self.steps]
        return "/".join(parts if tag is None else [*parts, str(Tag(tag))])


@dataclass(frozen=True, slots=True)
class Report:
    """All that was found in one data set: errors first, then in order of their place.

    ``counts`` counts every finding, also the ``omitted`` ones that were too many to keep.
    """

    findings: tuple[Finding, ...]
    counts: Mapping[Severity, int]
    sop_class_uid: str = ""
    iod: str = ""
    """Name of the information object definition that was applied; empty where none is known."""

    @property
    def errors(self) -> int:
        """How many errors."""
        return self.counts.get(Severity.ERROR, 0)

    @property
    def warnings(self) -> int:
        """How many warnings."""
        return self.counts.get(Severity.WARNING, 0)

    @property
    def notes(self) -> int:
        """How many notes."""
        return self.counts.get(Severity.NOTE, 0)

    @property
    def omitted(self) -> int:
        """How many findings were counted only."""
        return sum(self.counts.values()) - len(self.findings)

    @property
    def is_clean(self) -> bool:
        """Whether there is neither an error nor a warning."""
        return not self.errors and not self.warnings


@dataclass(slots=True)
class Findings:
    """Where the checks put what they find; bounded, each thing once."""

    alike: int = ALIKE
    counts: Counter[Severity] = field(default_factory=Counter)
    _kept: dict[tuple[int, tuple[tuple[int, int], ...], str], Finding] = field(default_factory=dict)
    _alike: Counter[tuple[str, int | None]] = field(default_factory=Counter)

    def add(
        self,
        severity: Severity,
        location: Location,
        tag: int | None,
        section: str,
        message: str,
    ) -> None:
        """Take one finding about ``tag`` of the data set at ``location``, or about the whole."""
        steps = location.steps if tag is None else (*location.steps, (int(tag), 0))
        key = (_RANK[severity], steps, message)
        if key in self._kept:
            return
        self.counts[severity] += 1
        self._alike[message, tag] += 1
        if self._alike[message, tag] > self.alike or len(self._kept) >= _MOST:
            return
        entry = None if tag is None else lookup(tag)
        self._kept[key] = Finding(
            severity, location.path(tag), "" if entry is None else entry.keyword, section, message
        )

    def error(self, location: Location, tag: int | None, section: str, message: str) -> None:
        """Take an error."""
        self.add(Severity.ERROR, location, tag, section, message)

    def warning(self, location: Location, tag: int | None, section: str, message: str) -> None:
        """Take a warning."""
        self.add(Severity.WARNING, location, tag, section, message)

    def note(self, location: Location, tag: int | None, section: str, message: str) -> None:
        """Take a note."""
        self.add(Severity.NOTE, location, tag, section, message)

    def report(self, sop_class_uid: str = "", iod: str = "") -> Report:
        """What was found so far, sorted."""
        kept = tuple(finding for _, finding in sorted(self._kept.items(), key=lambda pair: pair[0]))
        return Report(kept, dict(self.counts), sop_class_uid, iod)


def value_at(data_set: DataSet, path: str) -> str:
    """The value at the ``path`` of a finding as text; empty where there is none to show."""
    steps = _STEP.findall(path)
    for group, element, number in steps:
        tag = int(group + element, 16)
        if not number:
            return data_set.text(tag)
        items = data_set.sequence(tag)
        if int(number) > len(items):
            return ""
        data_set = items[int(number) - 1]
    return ""
