"""Specific Character Set: bytes to text and back (PS3.3 §C.12.1.1.2, PS3.5 §6.1 and Annexes H-K).

Decoding never raises: what the declared sets cannot express is replaced, and said so. Encoding
raises :class:`InvalidCharacterSet` when the declared sets cannot express the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from filmroom.errors import InvalidCharacterSet

__all__ = ["DEFAULT_CHARACTER_SETS", "PN_DELIMITERS", "TEXT_DELIMITERS", "CharacterSets"]

TEXT_DELIMITERS = "\\\r\n\f\t"
"""Characters after which the initial sets are active again (PS3.5 §6.1.2.5.3)."""
PN_DELIMITERS = TEXT_DELIMITERS + "^="

_JIS0208, _JIS0212 = "iso2022_jp", "iso2022_jp_2"
_IN_G0 = frozenset({_JIS0208, _JIS0212})
_CONTROLS = b"\r\n\f\t"
_RUNS = re.compile(rb"[\x80-\xff]+|[\x00-\x20]+|[\x21-\x7f]+")
_BEYOND_KATAKANA = re.compile(rb"[\x80-\xa0\xe0-\xff]")


@dataclass(frozen=True, slots=True)
class _Set:
    """One coded character set: its escape sequences into G0 and G1, and Python's codec."""

    codec: str
    g0: bytes = b""  # multi-byte, seven bits: must be left before a delimiter
    g1: bytes = b""
    early: bool = False  # designated where a component or line begins, as PS3.5 §I.3 prints it


# Defined terms of PS3.3 Tables C.12-2 to C.12-5, without "ISO_IR " or "ISO 2022 IR ".
_SETS: dict[str, _Set] = {
    "6": _Set("ascii"),
    "100": _Set("latin_1", g1=b"-A"),
    "101": _Set("iso8859_2", g1=b"-B"),
    "109": _Set("iso8859_3", g1=b"-C"),
    "110": _Set("iso8859_4", g1=b"-D"),
    "144": _Set("iso8859_5", g1=b"-L"),
    "127": _Set("iso8859_6", g1=b"-G"),
    "126": _Set("iso8859_7", g1=b"-F"),
    "138": _Set("iso8859_8", g1=b"-H"),
    "148": _Set("iso8859_9", g1=b"-M"),
    "203": _Set("iso8859_15", g1=b"-b"),
    "166": _Set("iso8859_11", g1=b"-T"),
    "13": _Set("shift_jis", g1=b")I"),
    "87": _Set(_JIS0208, g0=b"$B"),
    "159": _Set(_JIS0212, g0=b"$(D"),
    "149": _Set("euc_kr", g1=b"$)C", early=True),
    "58": _Set("gb2312", g1=b"$)A"),
}
_ALONE = {"ISO_IR 192": "utf_8", "GB18030": "gb18030", "GBK": "gbk"}
_WIDER = {"gb2312": "gb18030", "euc_kr": "cp949", "shift_jis": "cp932"}
"""Vendors' supersets of national sets, in which senders put what the declared one lacks."""

_SINGLE_BYTE = (
    "6",
    "100",
    "101",
    "109",
    "110",
    "144",
    "127",
    "126",
    "138",
    "148",
    "203",
    "13",
    "166",
)
_DEFINED_TERMS = frozenset(
    [
        *_ALONE,
        *(f"ISO_IR {number}" for number in _SINGLE_BYTE),
        *(f"ISO 2022 IR {number}" for number in _SETS),
    ]
)

# Escape sequences of PS3.3 Tables C.12-3 and C.12-4: the codec they activate, in G0 or in G1.
_G0 = {b"(B": "ascii", b"(J": "shift_jis", b"$B": _JIS0208, b"$@": _JIS0208, b"$(D": _JIS0212}
_G1 = {item.g1: item.codec for item in _SETS.values() if item.g1}


def _number(term: str) -> str | None:
    """The registration number in a term, also in the ways in which it is miswritten."""
    # LENIENT: "ISO-IR 100", "ISO IR 100", "ISO2022 IR 100" are sent by several modalities.
    digits = term.upper().replace("_", " ").replace("-", " ").replace("ISO 2022", "ISO2022")
    for prefix in ("ISO IR ", "ISO2022 IR ", "ISO 8859 "):
        if digits.startswith(prefix):
            number = digits[len(prefix) :].strip()
            number = "100" if prefix == "ISO 8859 " and number == "1" else number
            return number if number in _SETS else None
    return None


@dataclass(frozen=True, slots=True)
class CharacterSets:
    """The sets that Specific Character Set names: ``CharacterSets.of(("", "ISO 2022 IR 87"))``."""

    terms: tuple[str, ...] = ()
    fault: str = ""
    """What is wrong with the terms; those that are understood count all the same."""
    _alone: str = field(default="", repr=False)
    _sets: tuple[_Set, ...] = field(default=(_SETS["6"],), repr=False)

    @staticmethod
    @lru_cache(maxsize=256)
    def of(terms: tuple[str, ...]) -> CharacterSets:
        """The sets that ``terms``, the values of (0008,0005), name."""
        alone, sets, fault = "", [], ""
        for index, term in enumerate(terms):
            name = term.strip()
            number = _number(name) if name else "6"
            standalone = _ALONE.get(name.upper().replace("UTF-8", "ISO_IR 192"))
            if standalone is not None:
                alone = standalone if index == 0 else alone
                if len(terms) > 1:
                    fault = fault or "a character set that has no code extensions, beside others"
            elif number is not None:
                sets.append(_SETS[number])
            else:
                fault = "a character set that is no defined term"
                continue
            extends = not name or name.startswith("ISO 2022 ")
            if name and name not in _DEFINED_TERMS:
                fault = fault or "a character set that is miswritten"
            elif len(terms) > 1 and not extends and standalone is None:
                # LENIENT: "ISO_IR 13\\ISO 2022 IR 87" and the like, from Japanese modalities.
                fault = fault or "a character set without code extensions, beside others"
        return CharacterSets(terms, fault, alone, tuple(sets) or (_SETS["6"],))

    def decode(self, raw: bytes, delimiters: str = TEXT_DELIMITERS) -> tuple[str, bool]:
        """The text of ``raw``, and whether it was sound (no byte had to be replaced)."""
        if b"\x1b" not in raw:
            if raw.isascii():
                return raw.decode("ascii"), True
            return self._decode_plain(raw)
        if self._alone:
            return self._decode_plain(raw)
        return self._decode_escaped(raw, delimiters)

    def _decode_plain(self, raw: bytes) -> tuple[str, bool]:
        return _decode(raw, self._alone or self._sets[0].codec)

    def _decode_escaped(self, raw: bytes, delimiters: str) -> tuple[str, bool]:
        """Text with escape sequences: each holds until the next, or the next delimiter."""
        initial = self._sets[0].codec
        first = "ascii" if initial in _IN_G0 else initial
        ends = delimiters.encode()
        declared = {"ascii", *(item.codec for item in self._sets)}
        head, *fragments = raw.split(b"\x1b")
        out = [_decode(head, first)]
        g0, g1 = "", first
        for fragment in fragments:
            escape, g0, g1 = _switch(fragment, g0, g1)
            # LENIENT: escape sequences of sets that are not declared, from Japanese modalities.
            out.append(("", (_G0.get(escape) or _G1.get(escape)) in declared))
            # In a set of two bytes in G0 what looks like a delimiter may be half a character.
            resets = _CONTROLS if g0 in _IN_G0 else ends
            body = fragment[len(escape) :]
            end = next((i for i, byte in enumerate(body) if byte in resets), len(body))
            if g0 in _IN_G0:
                out += _decode_two_bytes(body[:end], escape, g0, g1)
            else:
                out.append(_decode(body[:end], g1 if g1 != "ascii" else g0 or "ascii"))
            if end < len(body):
                out.append(_decode(body[end:], first))
                g0, g1 = "", first
        return "".join(text for text, _ in out), all(sound for _, sound in out)

    def encode(self, text: str, delimiters: str = TEXT_DELIMITERS) -> bytes:
        """The bytes of ``text``; raises :class:`InvalidCharacterSet` where no set has a character.

        Escape sequences are written where a set beyond the first is needed, again in each
        component, and G0 is back at its initial set before every delimiter (PS3.5 §6.1.2.5.3).
        """
        if text.isascii():
            return text.encode("ascii")
        if self._alone:
            return _encode(text, self._alone)
        out = bytearray()
        start = 0
        for position, char in enumerate(text):
            if char in delimiters:
                out += self._encode_run(text[start:position]) + char.encode()
                start = position + 1
        return bytes(out + self._encode_run(text[start:]))

    def _encode_run(self, run: str) -> bytes:
        first = self._sets[0] if not self._sets[0].g0 else _SETS["6"]
        whole = _try(run, first)
        if whole is not None:
            return whole
        home = b"\x1b(J" if first.codec == "shift_jis" else b"\x1b(B"
        out = bytearray()
        g0: _Set | None = None  # a set of two bytes, where one is active
        g1 = first
        for char in run:
            wanted, piece = g1, char.encode()
            if not char.isascii():
                wanted, piece = _first_with(char, (g0 or g1, g1, *self._sets))
            if g0 and not wanted.g0:
                out += home
                g0 = None
            if wanted.g0 and wanted is not g0:
                out += b"\x1b" + wanted.g0
                g0 = wanted
            elif not wanted.g0 and wanted is not g1:
                at = 0 if wanted.early and out.isascii() and b"\x1b" not in out else len(out)
                out[at:at] = b"\x1b" + wanted.g1
                g1 = wanted
            out += piece
        return bytes(out + (home if g0 else b""))


def _first_with(char: str, candidates: Iterable[_Set]) -> tuple[_Set, bytes]:
    """The first set that has ``char``, and its bytes there."""
    for candidate in candidates:
        piece = _try(char, candidate)
        if piece is not None:
            return candidate, piece
    raise InvalidCharacterSet("text has a character outside its Specific Character Set")


def _switch(fragment: bytes, g0: str, g1: str) -> tuple[bytes, str, str]:
    """The escape sequence at the start of ``fragment``, and the sets active after it."""
    for size in (2, 3):
        escape = fragment[:size]
        if escape in _G0:
            return escape, _G0[escape], g1
        if escape in _G1:
            return escape, "" if g0 in _IN_G0 else g0, _G1[escape]
    return b"", g0, g1


def _decode_two_bytes(body: bytes, escape: bytes, g0: str, g1: str) -> Iterator[tuple[str, bool]]:
    """Characters of two bytes in G0; between them spaces, and characters of G1."""
    for piece in _RUNS.findall(body):
        if piece[0] >= 0x80:
            yield _decode(piece, g1)
        elif piece[0] <= 0x20:
            yield piece.decode("ascii"), True
        else:
            yield _decode(b"\x1b" + escape + piece, g0)


def _decode(raw: bytes, codec: str) -> tuple[str, bool]:
    if raw.isascii() and codec not in _IN_G0:
        return raw.decode("ascii"), True
    if codec == "ascii":
        # LENIENT: eight-bit text without a declared set, from European modalities and, of late,
        # from systems that know UTF-8 only.
        try:
            return raw.decode("utf_8"), False
        except UnicodeDecodeError:
            return raw.decode("latin_1"), False
    try:
        # Of Shift JIS only JIS X 0201 is meant, one byte a character.
        return raw.decode(codec), codec != "shift_jis" or not _BEYOND_KATAKANA.search(raw)
    except UnicodeDecodeError:
        pass
    try:
        # LENIENT: characters beyond the declared set, in the sets that Windows has in its place.
        return raw.decode(_WIDER[codec]), False
    except (KeyError, UnicodeDecodeError):
        return raw.decode(codec, "replace"), False


def _encode(text: str, codec: str) -> bytes:
    try:
        return text.encode(codec)
    except UnicodeEncodeError:
        raise InvalidCharacterSet(
            "text has a character outside its Specific Character Set"
        ) from None


def _try(text: str, item: _Set) -> bytes | None:
    """``text`` in one set without its escape sequence, or None."""
    try:
        raw = text.encode(item.codec)
    except UnicodeEncodeError:
        return None
    if item.codec == "shift_jis":  # of which JIS X 0201 is the single-byte part
        return raw if len(raw) == len(text) else None
    if not item.g0:
        return raw
    prefix = b"\x1b" + item.g0
    if not raw.startswith(prefix) or b"\x1b" in raw[len(prefix) : -3]:
        return None
    return raw[len(prefix) : -3]


DEFAULT_CHARACTER_SETS = CharacterSets()
"""The default repertoire, ISO IR 6 (PS3.5 §6.1.2.2)."""
