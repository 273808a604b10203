"""What a run did, written down as it goes: the report for everyone, the mapping for few."""

from __future__ import annotations

import csv
import json
import os
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TextIO

from filmroom.deidentification.deidentifier import Deidentifier
from filmroom.deidentification.file import Outcome, OutcomeKind
from filmroom.deidentification.options import METHOD_CODES, PROFILE_CODE

__all__ = ["MappingFile", "Report", "Totals"]

_COLUMNS = (
    "file", "output", "patient_id", "new_patient_id", "study", "new_study", "series", "new_series",
    "instance", "new_instance", "days_back",
)  # fmt: skip


@dataclass(slots=True)
class Totals:
    """Counts over a run: of files by outcome, of attributes by action."""

    files: Counter[str] = field(default_factory=Counter)
    actions: Counter[str] = field(default_factory=Counter)
    warnings: int = 0

    def add(self, outcome: Outcome) -> None:
        """Count one file."""
        self.files[outcome.kind.value] += 1
        self.actions.update(outcome.actions)
        self.warnings += len(outcome.warnings)

    def as_json(self) -> dict[str, Any]:
        """The counts, every outcome named."""
        return {
            "counts": {kind.value: self.files[kind.value] for kind in OutcomeKind},
            "actions": dict(sorted(self.actions.items())),
            "warnings": self.warnings,
        }


@dataclass(slots=True)
class Report:
    """A JSON file: what was asked for, every file by its number and new name, the totals.

    Nothing in it tells who the originals are of: neither their names and places nor their UIDs.
    It is written file by file, so that memory does not grow with the run.
    """

    stream: TextIO
    _number: int = 0

    @classmethod
    @contextmanager
    def open(cls, path: Path, deidentifier: Deidentifier, totals: Totals) -> Iterator[Report]:
        """A report at ``path``; at the end of the block ``totals`` are written and it is whole."""
        profile = deidentifier.profile
        codes = [PROFILE_CODE, *(METHOD_CODES[option] for option in profile.sorted_options())]
        head = {
            "profile": "basic",
            "options": [str(option) for option in profile.sorted_options()],
            "codes": [{"value": value, "scheme": "DCM", "meaning": text} for value, text in codes],
        }
        with path.open("w", encoding="utf-8") as stream:
            stream.write(json.dumps(head)[:-1] + ', "files": [')
            yield cls(stream)
            stream.write("\n], " + json.dumps(totals.as_json())[1:] + "\n")

    def add(self, outcome: Outcome) -> None:
        """Write down one file."""
        row: dict[str, Any] = {"number": self._number + 1, "outcome": outcome.kind.value}
        if outcome.output:
            row["output"] = outcome.output
            row["actions"] = dict(sorted(outcome.actions.items()))
            row["regions"] = outcome.regions
        if outcome.warnings:
            row["warnings"] = list(outcome.warnings)
        if outcome.error:
            row["error"] = outcome.error
        self.stream.write(("," if self._number else "") + "\n" + json.dumps(row))
        self._number += 1


@dataclass(slots=True)
class MappingFile:
    """A CSV file from old identifiers to new ones, that only its owner may read."""

    _rows: Any

    @classmethod
    @contextmanager
    def open(cls, path: Path) -> Iterator[MappingFile]:
        """A mapping at ``path``; what was there is lost, its mode as well."""
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as stream:
            os.fchmod(descriptor, 0o600)
            rows = csv.writer(stream)
            rows.writerow(_COLUMNS)
            yield cls(rows)

    def add(self, outcome: Outcome) -> None:
        """Write down one file that was written, or is there already."""
        replaced = outcome.replaced
        if replaced is not None:
            pairs = (replaced.patient_id, replaced.study, replaced.series, replaced.instance)
            self._rows.writerow(
                (
                    outcome.path,
                    outcome.output,
                    *(uid for pair in pairs for uid in pair),
                    replaced.days,
                )
            )
