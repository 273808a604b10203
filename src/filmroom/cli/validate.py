"""``filmroom validate``: hold files against the standard."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Annotated, Any

import typer

from filmroom.archive.import_ import walk
from filmroom.cli.local import tracked
from filmroom.cli.options import Json
from filmroom.cli.remote import print_json, tell
from filmroom.dicom import DicomFile, read_file
from filmroom.dicom.validation import Finding, Report, Severity, validate_file, value_at
from filmroom.errors import DataError

__all__ = ["register"]

_ALIKE = 10
_LONGEST_VALUE = 100


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command("validate", epilog="Example: filmroom validate ./study --strict --json")(_validate)


def _validate(
    paths: Annotated[
        list[Path], typer.Argument(exists=True, help="Files, or folders with all below them.")
    ],
    strict: Annotated[
        bool, typer.Option("--strict", help="Warnings fail a file, as errors do.")
    ] = False,
    notes: Annotated[
        bool, typer.Option("--notes", help="Show notes as well: what is allowed, but retired.")
    ] = False,
    values: Annotated[
        bool,
        typer.Option("--values", help="Show the values at fault, which may be patient data."),
    ] = False,
    limit: Annotated[
        int,
        typer.Option(
            "--limit", min=1, max=10_000, help="Findings to show that differ by their item only."
        ),
    ] = _ALIKE,
    as_json: Json = False,
) -> None:
    """Hold files against the standard: values, attributes, modules, rules between them.

    Each finding is a line with its severity, its place, and the clause of the standard. With --json
    each file is a line. Exit code 1 when a file has errors, or could not be read.
    """
    counts: Counter[str] = Counter()
    for path in tracked(walk(paths), "validate"):
        counts["files"] += 1
        try:
            file = read_file(path)
            report = validate_file(file, alike=limit)
        except (DataError, OSError) as error:
            counts["unreadable"] += 1
            _tell_unreadable(path, error, as_json)
            continue
        failed = bool(report.errors or (strict and report.warnings))
        counts["failed"] += failed
        for severity, count in report.counts.items():
            counts[severity] += count
        shown = [
            finding for finding in report.findings if notes or finding.severity != Severity.NOTE
        ]
        shown_values = [_value(file, finding) for finding in shown] if values else None
        if as_json:
            print_json(_record(path, report, failed, shown, shown_values))
        else:
            _print_findings(path, report, shown, shown_values)
    if not as_json:
        print(_summary(counts, strict))  # noqa: T201
    raise typer.Exit(1 if counts["failed"] or counts["unreadable"] else 0)


def _tell_unreadable(path: Path, error: DataError | OSError, as_json: bool) -> None:
    if as_json:
        print_json({"file": str(path), "valid": False, "fault": str(error), "findings": []})
    else:
        tell(f"{path}: {error}")


def _value(file: DicomFile, finding: Finding) -> str:
    """The value that ``finding`` is about, as one printable line."""
    in_meta = finding.path.startswith("(0002,")
    text = value_at(file.meta if in_meta else file.data_set, finding.path)
    line = "".join(letter if letter.isprintable() else "?" for letter in text)
    return line if len(line) <= _LONGEST_VALUE else line[:_LONGEST_VALUE] + "..."


def _record(
    path: Path, report: Report, failed: bool, shown: list[Finding], values: list[str] | None
) -> dict[str, Any]:
    """One file, for machines."""
    findings: list[dict[str, str]] = [
        {
            "severity": finding.severity.value,
            "path": finding.path,
            "keyword": finding.keyword,
            "section": finding.section,
            "message": finding.message,
        }
        for finding in shown
    ]
    for finding, value in zip(findings, values or (), strict=False):
        finding["value"] = value
    return {
        "file": str(path),
        "valid": not failed,
        "sop_class_uid": report.sop_class_uid,
        "iod": report.iod,
        "errors": report.errors,
        "warnings": report.warnings,
        "notes": report.notes,
        "omitted": report.omitted,
        "findings": findings,
    }


def _print_findings(
    path: Path, report: Report, shown: list[Finding], values: list[str] | None
) -> None:
    """The findings of one file, for people; nothing of a file without any."""
    hidden = report.omitted
    if not shown and not hidden:
        return
    print(f"{path}: {report.iod or 'no known SOP class'}")  # noqa: T201
    for number, finding in enumerate(shown):
        value = f" = {values[number]}" if values and values[number] else ""
        print(f"  {finding}{value}")  # noqa: T201
    if hidden:
        print(f"  and {hidden} more of the same kind")  # noqa: T201


def _summary(counts: Counter[str], strict: bool) -> str:
    bad = counts["failed"] + counts["unreadable"]
    noun = "file" if counts["files"] == 1 else "files"
    parts = [f"{counts['files']} {noun}", f"{counts['files'] - bad} valid"]
    if counts["failed"]:
        parts.append(f"{counts['failed']} with {'findings' if strict else 'errors'}")
    if counts["unreadable"]:
        parts.append(f"{counts['unreadable']} unreadable")
    findings = ", ".join(
        f"{counts[severity]} {severity.value}{'' if counts[severity] == 1 else 's'}"
        for severity in Severity
    )
    return f"{', '.join(parts)}: {findings}"
