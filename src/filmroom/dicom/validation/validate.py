"""Validation of a data set or a file against the standard: all checks, one report.

::

    report = validate_file("image.dcm")
    for finding in report.findings:
        print(finding)
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from filmroom.dicom.dataset import DataSet
from filmroom.dicom.dictionary import uid_type
from filmroom.dicom.file import DicomFile, read_file
from filmroom.dicom.issue import Issue
from filmroom.dicom.uid import TransferSyntax
from filmroom.dicom.validation.attributes import check_rows
from filmroom.dicom.validation.elements import check_elements, nested
from filmroom.dicom.validation.file_meta import check_file_meta
from filmroom.dicom.validation.finding import ALIKE, Findings, Location, Report
from filmroom.dicom.validation.functional_groups.check import check_functional_groups
from filmroom.dicom.validation.iods import GENERAL, Iod, Usage, iod_of
from filmroom.dicom.validation.module import Attribute, Module
from filmroom.dicom.validation.overlays import check_overlays
from filmroom.dicom.validation.rules import RULES, Subject
from filmroom.dicom.validation.structured_report import check_content_tree

__all__ = ["validate", "validate_file"]

_SOP_CLASS_UID = 0x00080016
_MEDIA_STORAGE_SOP_CLASS_UID = 0x00020002
_DIRECTORY = "basic-directory"
_CONTENT_TREE = "sr-document-content"
_FOUND_ELSEWHERE = frozenset({"odd length"})
"""Issues of the reader that the checks of elements find as well, with the whole path."""


def validate_file(source: DicomFile | Path | str, *, alike: int = ALIKE) -> Report:
    """Hold a file against the standard; its pixel data stays on disk.

    ``source`` is its path, or what :func:`read_file` gave. ``alike`` bounds how many findings that
    differ by their item only are kept. Raises :class:`DataError` where the file is no DICOM file at
    all, OSError where it cannot be read.
    """
    file = source if isinstance(source, DicomFile) else read_file(source)
    findings = Findings(alike)
    if len(file.meta):
        check_file_meta(file.meta, file.data_set, findings)
        for location, data_set in list(nested(file.meta, findings)):
            check_elements(data_set, location, findings, in_file_meta=True)
    _add_issues(file.meta.issues, "PS3.10 §7.1", findings)
    uid = file.data_set.text(_SOP_CLASS_UID) or file.meta.text(_MEDIA_STORAGE_SOP_CLASS_UID)
    return _validate(file.data_set, file.transfer_syntax, uid, findings)


def validate(
    data_set: DataSet, *, transfer_syntax: TransferSyntax | None = None, alike: int = ALIKE
) -> Report:
    """Hold a data set against the standard: elements, modules of its IOD, rules.

    ``transfer_syntax`` is that of the file; without it, that of the data set counts. Never raises
    for what the data set holds.
    """
    syntax = data_set.transfer_syntax if transfer_syntax is None else transfer_syntax
    return _validate(data_set, syntax, data_set.text(_SOP_CLASS_UID), Findings(alike))


def _validate(
    data_set: DataSet, syntax: TransferSyntax, sop_class_uid: str, findings: Findings
) -> Report:
    # Walking first leaves only what reading the structure found among the issues.
    places = list(nested(data_set, findings))
    _add_issues(list(data_set.issues), "PS3.5 §7", findings)
    for location, part in places:
        check_elements(part, location, findings)
    iod = iod_of(sop_class_uid)
    short = "" if iod is None else iod.short
    if short != _DIRECTORY:
        _check_iod(data_set, iod, sop_class_uid, findings)
    subject = Subject(syntax, short)
    for location, part in places:
        _check_rules(part, subject, location, findings)
    check_overlays(data_set, findings)
    return findings.report(sop_class_uid, "" if iod is None else iod.name)


def _add_issues(issues: Iterable[Issue], section: str, findings: Findings) -> None:
    """What the reader tolerated, as errors; an issue knows its tag and offset, not its item."""
    for issue in issues:
        if issue.message in _FOUND_ELSEWHERE:
            continue
        where = "" if issue.offset is None else f" at byte {issue.offset}"
        findings.error(Location(), issue.tag, section, issue.message + where)


# ---------------------------------------------------------------------- modules


def _check_iod(data_set: DataSet, iod: Iod | None, sop_class_uid: str, findings: Findings) -> None:
    here = Location()
    if iod is None:
        if sop_class_uid:
            known = uid_type(sop_class_uid) == "SOP Class"
            what = "no longer a" if known else "no standard"
            message = f"{what} Storage SOP class: only general modules are checked"
            findings.note(here, _SOP_CLASS_UID, "PS3.4 §B.5", message)
        iod = GENERAL
    applied = list(_applied(data_set, iod, findings))
    for module, rows in _merged(usage.module for usage in applied if usage.module is not None):
        check_rows(rows, data_set, module.clause, here, findings)
    for name in iod.unchecked:
        findings.note(here, None, iod.clause, f"module {name} is not checked")
    check_functional_groups(data_set, iod.short, findings)
    if any(usage.name == _CONTENT_TREE for usage in applied):
        check_content_tree(data_set, iod.short, findings)


def _applied(data_set: DataSet, iod: Iod, findings: Findings) -> Iterator[Usage]:
    """The modules that are mandatory, whose condition holds, or of which something is present."""
    mandatory = {
        row.tag
        for usage in iod.usages
        if usage.letter == "M" and usage.module is not None
        for row in usage.module.rows
    }
    for usage in iod.usages:
        module = usage.module
        if module is None:
            continue
        if usage.letter == "M":
            yield usage
            continue
        needed = None if usage.when is None else usage.when.holds(data_set)
        present = [row.tag for row in module.rows if row.tag in data_set]
        if usage.not_otherwise and usage.when is not None and needed is False:
            for tag in present:
                message = f"of the {module.name} module, not allowed unless {usage.when.text}"
                findings.error(Location(), tag, iod.clause, message)
        elif needed or any(tag not in mandatory for tag in present):
            yield usage


def _merged(modules: Iterable[Module]) -> Iterator[tuple[Module, list[Attribute]]]:
    """The rows of each module, without those that another module of the object specialises.

    A module of one modality (PS3.3 §C.8) comes before general ones; among equals the later does.
    """
    listed = list(modules)
    owner: dict[int, Module] = {}
    for module in listed:
        for row in module.rows:
            before = owner.get(row.tag)
            if before is None or module.is_specific or not before.is_specific:
                owner[row.tag] = module
    for module in listed:
        yield module, [row for row in module.rows if owner[row.tag] is module]


# ---------------------------------------------------------------------- rules


def _check_rules(
    data_set: DataSet, subject: Subject, location: Location, findings: Findings
) -> None:
    for rule in RULES:
        if location.steps and not rule.everywhere:
            continue
        for tag, message in rule.check(data_set, subject):
            findings.add(rule.severity, location, tag, rule.section, message)
