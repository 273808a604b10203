"""The rules of a house, from a TOML file: what to blank by device, and what may stay.

::

    [[pixels]]                      # all rules that fit an object count
    manufacturer = "ACME*"          # patterns as in a shell, whatever the case
    model = "Sono 3*"
    modality = "US"
    rows = 768
    columns = 1024
    blank = [[0, 0, 1024, 60]]      # x, y, width, height; [] says that nothing is burned in
    outside_ultrasound_regions = true

    [private]                       # private attributes known to be safe, by creator
    "ACME 1.1" = ["0029,xx10"]

    [descriptors]
    words = ["schädel", "nativ"]    # words that may stay in descriptions

    [actions]                       # in place of those of the profile: D, Z, X, K, C or U
    SeriesDescription = "C"
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from filmroom.deidentification.private import parse_private_tag
from filmroom.deidentification.regions import Region
from filmroom.deidentification.table import Action
from filmroom.dicom import DataSet
from filmroom.dicom.tag import as_tag
from filmroom.errors import ConfigurationError, InvalidValue

__all__ = ["PixelRule", "Rules", "load_rules"]

_TEXTS = {"manufacturer": 0x00080070, "model": 0x00081090, "modality": 0x00080060}
_NUMBERS = {"rows": 0x00280010, "columns": 0x00280011}


@dataclass(frozen=True, slots=True)
class PixelRule:
    """What to blank in objects of one kind; what is empty or None fits every object."""

    regions: tuple[Region, ...] = ()
    outside_ultrasound_regions: bool = False
    manufacturer: str = ""
    model: str = ""
    modality: str = ""
    rows: int | None = None
    columns: int | None = None

    def fits(self, data_set: DataSet) -> bool:
        """Whether ``data_set`` is of this kind."""
        return all(
            not (pattern := getattr(self, name))
            or fnmatchcase(data_set.text(tag).lower(), pattern.lower())
            for name, tag in _TEXTS.items()
        ) and all(
            (number := getattr(self, name)) is None or data_set.values_of(tag)[:1] == (number,)
            for name, tag in _NUMBERS.items()
        )


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules of one file."""

    pixels: tuple[PixelRule, ...] = ()
    private: Mapping[str, frozenset[int]] = field(default_factory=dict)
    words: frozenset[str] = frozenset()
    actions: Mapping[int, Action] = field(default_factory=dict)


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class _Pixels(_Strict):
    manufacturer: str = ""
    model: str = ""
    modality: str = ""
    rows: int | None = Field(None, ge=1)
    columns: int | None = Field(None, ge=1)
    blank: tuple[tuple[int, int, int, int], ...] = ()
    outside_ultrasound_regions: bool = False


class _Descriptors(_Strict):
    words: tuple[str, ...] = ()


class _File(_Strict):
    pixels: tuple[_Pixels, ...] = ()
    private: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    descriptors: _Descriptors = _Descriptors()
    actions: dict[str, Action] = Field(default_factory=dict)


def load_rules(path: Path) -> Rules:
    """The rules in ``path``; raises :class:`ConfigurationError` that says what is wrong there."""
    try:
        with path.open("rb") as file:
            read = _File.model_validate(tomllib.load(file))
        return _rules(read)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigurationError(
            f"{path} is not valid TOML: {error}", setting="rules", hint="mend that line"
        ) from error
    except OSError as error:
        raise ConfigurationError(
            f"cannot read {path}: {error.strerror}", setting="rules", hint="check the path"
        ) from error
    except ValidationError as error:
        faults = (
            f"{'.'.join(str(part) for part in fault['loc'])}: {fault['msg']}"
            for fault in error.errors(include_url=False, include_context=False, include_input=False)
        )
        raise ConfigurationError(
            f"{path}: {'; '.join(faults)}",
            setting="rules",
            hint="docs/how-to/deidentify.md has an example",
        ) from error


def _rules(read: _File) -> Rules:
    actions = {}
    for name, action in read.actions.items():
        try:
            actions[as_tag(name)] = action
        except InvalidValue as error:
            raise ConfigurationError(
                f"actions: {name} is no attribute", setting="rules", hint=error.hint
            ) from error
    return Rules(
        pixels=tuple(
            PixelRule(
                tuple(Region.of(numbers) for numbers in rule.blank),
                rule.outside_ultrasound_regions,
                rule.manufacturer,
                rule.model,
                rule.modality,
                rule.rows,
                rule.columns,
            )
            for rule in read.pixels
        ),
        private={
            creator: frozenset(parse_private_tag(text) for text in texts)
            for creator, texts in read.private.items()
        },
        words=frozenset(word.lower() for word in read.descriptors.words),
        actions=actions,
    )
