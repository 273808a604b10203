"""Matching keys as people write them: ``-k PatientName=DOE*`` and the identifier they make."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from filmroom.archive import Level, Query, Root
from filmroom.dicom import DataSet, Tag, is_valid_uid, uid_for
from filmroom.errors import ConfigurationError, InvalidValue

__all__ = [
    "Keys",
    "LevelOption",
    "RootOption",
    "as_record",
    "identifier",
    "selection",
    "sop_class",
    "split_key",
    "uid_of",
]

Keys = Annotated[
    list[str] | None,
    typer.Option(
        "-k",
        "--key",
        metavar="KEY[=VALUE]",
        help="Attribute to match or to return, by keyword or tag; may be repeated.",
    ),
]
LevelOption = Annotated[str, typer.Option("--level", help="patient, study, series or image.")]
RootOption = Annotated[str, typer.Option("--root", help="Information model: study or patient.")]

_NUMBERS = frozenset({"DS", "FD", "FL", "IS", "SL", "SS", "SV", "UL", "US", "UV"})


def split_key(text: str) -> tuple[Tag, str]:
    """The tag and the value of ``KEY[=VALUE]``."""
    name, _, value = text.partition("=")
    try:
        return Tag.parse(name), value
    except InvalidValue as error:
        raise ConfigurationError(
            f"--key {name}: no such attribute",
            setting="key",
            hint="a keyword as PatientName, or a tag as 0010,0010",
        ) from error


def identifier(level: str, keys: list[str] | None) -> DataSet:
    """The identifier of a C-FIND, C-MOVE or C-GET for ``keys`` at ``level``."""
    if level.upper() not in Level.__members__:
        raise ConfigurationError(
            f"--level {level} is unknown", setting="level", hint="patient, study, series or image"
        )
    data_set = DataSet()
    data_set["SpecificCharacterSet"] = "ISO_IR 192"
    data_set["QueryRetrieveLevel"] = level.upper()
    for text in keys or ():
        tag, value = split_key(text)
        data_set[tag] = value or None
    return data_set


def as_record(data_set: DataSet) -> dict[str, Any]:
    """A data set as keywords and values, for `--json`."""
    record: dict[str, Any] = {}
    for element in data_set:
        name = element.keyword or str(element.tag)
        if element.vr == "SQ":
            record[name] = [as_record(item) for item in element.values]
        else:
            values = [_plain(element.vr, value) for value in element.values]
            record[name] = values[0] if len(values) == 1 else values or None
    return record


def _plain(vr: str, value: object) -> object:
    if vr in _NUMBERS and isinstance(value, int | float):
        return float(value) if isinstance(value, float) else int(value)
    return str(value)


def sop_class(root: str, service: str) -> str:
    """The SOP Class UID of a Query/Retrieve model: ``root`` is study or patient."""
    uid = uid_for(f"{root.capitalize()}RootQueryRetrieveInformationModel{service.capitalize()}")
    if uid is None:
        raise ConfigurationError(
            f"--root {root} is unknown", setting="root", hint="study or patient"
        )
    return uid


def uid_of(option: str, text: str) -> str:
    """The UID that ``text`` is, or that is registered under it as a keyword."""
    uid = text if is_valid_uid(text) else uid_for(text)
    if uid is None:
        raise ConfigurationError(
            f"--{option} {text}: no such UID", setting=option, hint="a UID or a keyword of PS3.6"
        )
    return uid


def selection(level: str, keys: list[str] | None) -> Query:
    """What of the archive itself ``keys`` select.

    Raises ConfigurationError for a key that selects nothing, as an empty one: C-FIND allows it,
    but here it would take all the rest.
    """
    root = Root.PATIENT if level.lower() == "patient" else Root.STUDY
    query = Query.from_identifier(identifier(level, keys), root, relational=True)
    narrowing = {condition.tag for condition in query.conditions}
    for text in keys or ():
        tag, value = split_key(text)
        if tag not in narrowing and value != "*":
            raise ConfigurationError(
                f"--key {text.partition('=')[0]} does not narrow what is selected",
                setting="key",
                hint="give it a value, and a level that has this attribute",
            )
    return query
