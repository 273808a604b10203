"""Who an object is of: the patient's key, and every word that tells who the persons in it are."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from filmroom.dicom import VR, DataSet, lookup

__all__ = ["IDENTIFIERS", "Identity", "patient_key"]

_PATIENT_NAME = 0x00100010
_PATIENT_ID = 0x00100020
_ISSUER = 0x00100021
_BIRTH_DATE = 0x00100030
_STUDY = 0x0020000D
IDENTIFIERS = (
    _PATIENT_ID,
    _BIRTH_DATE,
    0x00101000,  # Other Patient IDs
    0x00101090,  # Medical Record Locator
    0x00102154,  # Patient's Telephone Numbers
    0x00080050,  # Accession Number
    0x00380010,  # Admission ID
)
"""Attributes whose values are looked for in all text that stays."""
_PART = re.compile(r"[^\W_]+")
_SHORTEST_WORD = 3
_SHORTEST_IDENTIFIER = 4


@dataclass(frozen=True, slots=True)
class Identity:
    """The key under which a patient is the same in all objects, and what to look for in text."""

    key: str
    words: frozenset[str]
    """Parts of the names of all persons, in lower case."""
    identifiers: frozenset[str]
    """Numbers of the patient and of visits and orders, in lower case."""

    @classmethod
    def of(cls, data_set: DataSet) -> Identity:
        """The identity in ``data_set``.

        The key is Patient ID with its issuer; without them name and birth date, at last the study.
        """
        key = patient_key(data_set)
        if key is None:
            name, born = data_set.text(_PATIENT_NAME), data_set.text(_BIRTH_DATE)
            key = f"\0{name}\0{born}" if name else f"\0\0{data_set.text(_STUDY)}"
        words = frozenset(_words(_names(data_set)))
        identifiers = frozenset(
            value.lower()
            for tag in IDENTIFIERS
            for value in data_set.text(tag).split("\\")
            if len(value) >= _SHORTEST_IDENTIFIER
        )
        return cls(key, words, identifiers)

    def found_in(self, text: str) -> set[str]:
        """The words and identifiers that ``text`` holds, in lower case."""
        pattern = _pattern(self.words, self.identifiers)
        return set() if pattern is None else {found.lower() for found in pattern.findall(text)}

    def without(self, text: str) -> str:
        """``text`` without the words and identifiers; itself where it holds none."""
        pattern = _pattern(self.words, self.identifiers)
        if pattern is None or pattern.search(text) is None:
            return text
        return " ".join(pattern.sub(" ", text).split())


def patient_key(data_set: DataSet) -> str | None:
    """The key of the patient whose ID stands in ``data_set``; None where there is none."""
    patient = data_set.text(_PATIENT_ID)
    return f"{patient}\0{data_set.text(_ISSUER)}" if patient else None


def _names(data_set: DataSet) -> Iterator[str]:
    for tag in data_set.tags():
        entry = lookup(tag)
        if entry is not None and entry.vrs[:1] == (VR.PN,):
            yield data_set.text(tag)


def _words(names: Iterable[str]) -> Iterator[str]:
    for name in names:
        for part in _PART.findall(name):
            if len(part) >= _SHORTEST_WORD or not part.isascii():
                yield part.lower()


@lru_cache(maxsize=256)
def _pattern(words: frozenset[str], identifiers: frozenset[str]) -> re.Pattern[str] | None:
    """A word of a name counts as a whole word, in scripts without spaces wherever it stands."""
    parts = [re.escape(identifier) for identifier in identifiers]
    for word in words:
        escaped = re.escape(word)
        whole = word.isascii() or len(word) < 2
        parts.append(rf"(?<![^\W_]){escaped}(?![^\W_])" if whole else escaped)
    if not parts:
        return None
    return re.compile("|".join(sorted(parts, key=len, reverse=True)), re.IGNORECASE)
