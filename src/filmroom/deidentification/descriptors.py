"""Descriptions with only their harmless words left (PS3.15 §E.3.5)."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from filmroom.deidentification.vocabulary import UNITS, WORDS

__all__ = ["Descriptors"]

_WORD = re.compile(r"[^\W_]+(?:[.,][0-9]+[^\W_]*)*\*?")
_SEPARATOR = re.compile(r"[\s_\-/+.,:;()*&<>=%]{1,4}")
_MEASURE = re.compile(
    rf"(?:0|[1-9][0-9]?)[.,][0-9]{{1,3}}|[0-9]{{1,3}}(?:[.,][0-9]{{1,3}})?(?:{'|'.join(sorted(UNITS))})"
)
_NUMBER = re.compile(r"[0-9]{1,3}")
_TECHNICAL = re.compile(
    r"(?:b|te|tr|ti|ir)[0-9]{1,4}"  # b-values and times
    r"|[0-9]{2,4}x[0-9]{2,4}(?:x[0-9]{1,4})?"  # a matrix
    r"|(?:b|h|i|j|t|u|br|hr|bl|bv|ur|qr|fc|sa)[0-9]{2}[fhmsdv]?"  # convolution kernels
    r"|c[1-7]|t(?:[1-9]|1[0-2])|l[1-6]|s[1-5]"  # vertebrae
    r"|t[12]w?\*?|ep2d|tfl3d|fl[23]d|tof3d"
)


@dataclass(frozen=True, slots=True)
class Descriptors:
    """What may stay of a description: the words of the vocabulary and those added to it."""

    added: frozenset[str] = frozenset()

    def cleaned(self, text: str, identifying: Collection[str] = ()) -> str:
        """``text`` without the words that are not known to be harmless.

        ``identifying`` holds words in lower case that are part of this patient's identity: they
        go although the vocabulary knows them ("Dr. Hand").
        """
        kept: list[str] = []
        end = 0
        matches = list(_WORD.finditer(text))
        for index, match in enumerate(matches):
            word = match.group().lower()
            following = matches[index + 1].group().lower() if index + 1 < len(matches) else ""
            if word in identifying or not self._is_harmless(word, following):
                continue
            between = text[end : match.start()]
            if kept:
                adjacent = _SEPARATOR.fullmatch(between) is not None
                kept.append(between if adjacent else " ")
            kept.append(match.group())
            end = match.end()
        return "".join(kept)

    def _is_harmless(self, word: str, following: str) -> bool:
        if word.isdigit():
            return following in UNITS and _NUMBER.fullmatch(word) is not None
        return (
            word in WORDS
            or word in self.added
            or _MEASURE.fullmatch(word) is not None
            or _TECHNICAL.fullmatch(word) is not None
        )
