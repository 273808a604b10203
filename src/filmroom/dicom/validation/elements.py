"""Every data element for itself: tag, VR, length, multiplicity, value (PS3.5 §6, §7, PS3.6).

Values are looked at as they stand in the buffer; pixel data and other bulk are never read.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from filmroom.dicom.dataset import DataSet
from filmroom.dicom.dictionary import Entry, lookup
from filmroom.dicom.element import Element
from filmroom.dicom.layout import PIXEL_DATA
from filmroom.dicom.validation.attributes import check_rows
from filmroom.dicom.validation.character_sets import check_character_set
from filmroom.dicom.validation.finding import Findings, Location
from filmroom.dicom.validation.macros import CODE_SEQUENCE, is_code_sequence
from filmroom.dicom.validation.multiplicity import Multiplicity
from filmroom.dicom.validation.value_representation import (
    REPRESENTATIONS,
    binary_fault,
    padding_fault,
    text_faults,
)
from filmroom.dicom.values import decode_text
from filmroom.dicom.vr import VR
from filmroom.errors import DataError

__all__ = ["check_elements", "nested"]

_BITS_ALLOCATED = 0x00280100
_LUT_DESCRIPTOR = 0x00283002
"""Its second value follows what goes into the table, not only Pixel Representation."""
_SIGNED_OR_NOT = (VR.US, VR.SS)
_LONGEST_TEXT = 1 << 24
"""Bytes of text that are decoded; longer values are not read."""
_NEVER = frozenset({0x0001, 0x0003, 0x0005, 0x0007, 0xFFFF})
"""Groups that no data element may be of (PS3.5 §7.1)."""


def nested(
    data_set: DataSet, findings: Findings, location: Location | None = None
) -> Iterator[tuple[Location, DataSet]]:
    """``data_set`` and all in it, each with its location; what cannot be read is a finding."""
    here = Location() if location is None else location
    yield here, data_set
    for tag in data_set.tags():
        element = data_set.element(tag)
        assert element is not None
        if element.effective_vr is not VR.SQ:
            continue
        try:
            items = element.values
        except DataError as error:
            findings.error(here, tag, "PS3.5 §7.5", f"cannot be read: {error.message}")
            continue
        for number, item in enumerate(items, 1):
            yield from nested(item, findings, here.item(tag, number))


def check_elements(
    data_set: DataSet, location: Location, findings: Findings, *, in_file_meta: bool = False
) -> None:
    """Check each element of ``data_set``, not those of its items."""
    check_character_set(data_set, location, findings)
    for element in data_set:
        entry = lookup(element.tag)
        _Check(element, data_set, location, findings, entry, in_file_meta).run()


@dataclass(frozen=True, slots=True)
class _Check:
    element: Element
    data_set: DataSet
    location: Location
    findings: Findings
    entry: Entry | None
    in_file_meta: bool

    def _error(self, section: str, message: str) -> None:
        self.findings.error(self.location, self.element.tag, section, message)

    def _warn(self, section: str, message: str) -> None:
        self.findings.warning(self.location, self.element.tag, section, message)

    def _note(self, section: str, message: str) -> None:
        self.findings.note(self.location, self.element.tag, section, message)

    def run(self) -> None:
        self._tag()
        if self.entry is not None and self.entry.vrs:
            self._vr(self.entry)
        record = self.element.record
        if record is None or record[4] >= 0:  # else the value is cut short, or not of this VR
            self._length()
            try:
                self._values()
            except DataError as error:
                self._error("PS3.5 §6.2", f"cannot be encoded: {error.message}")
        vr = self.element.effective_vr
        if vr is VR.SQ and is_code_sequence(self.element.tag):
            for number, item in enumerate(self.data_set.sequence(self.element.tag), 1):
                here = self.location.item(self.element.tag, number)
                check_rows(CODE_SEQUENCE.rows, item, CODE_SEQUENCE.clause, here, self.findings)

    # ------------------------------------------------------------------ the tag

    def _tag(self) -> None:
        tag = self.element.tag
        if tag.group in _NEVER:
            self._error("PS3.5 §7.1", f"group {tag.group:04X} shall not be used")
        elif tag.is_private:
            self._private()
        elif tag.group in (0x0000, 0x0002) and not self.in_file_meta:
            self._error("PS3.5 §7.1", "a command or file meta element in a data set")
        elif self.entry is None:
            self._warn("PS3.6 §6", "not in the data dictionary")
        elif self.entry.retired:
            self._note("PS3.6 §6", "retired")

    def _private(self) -> None:
        tag = self.element.tag
        if tag.is_private_creator:
            if not self.element.text:
                self._error("PS3.5 §7.8.1", "a private creator without a value")
        elif tag.element == 0:
            self._note("PS3.5 §7.2", "retired")
        elif tag.element < 0x1000:
            self._error("PS3.5 §7.8.1", "an element number outside of any private block")
        elif not self.data_set.text(tag & 0xFFFF0000 | tag.element >> 8):
            self._error("PS3.5 §7.8.1", "no private creator reserves its block")

    # ------------------------------------------------------------------ the VR

    def _vr(self, entry: Entry) -> None:
        if self.data_set.transfer_syntax.implicit_vr:
            return
        vr, tag = self.element.vr, self.element.tag
        expected = " or ".join(entry.vrs)
        if vr is VR.UN:
            self._note("PS3.5 §6.2.2", f"VR UN, the dictionary says {expected}")
        elif vr not in entry.vrs:
            self._error("PS3.6 §6", f"VR {vr}, the dictionary says {expected}")
        elif tag in PIXEL_DATA:
            self._pixel_data_vr(vr)
        elif entry.vrs == _SIGNED_OR_NOT and tag != _LUT_DESCRIPTOR:
            wanted = self.data_set.resolve_vr(tag)
            if vr is not wanted:
                self._warn("PS3.3 §C.7.6.3.1", f"VR {vr}, Pixel Representation makes it {wanted}")

    def _pixel_data_vr(self, vr: VR) -> None:
        if self.element.undefined_length:
            if vr is not VR.OB:
                self._error("PS3.5 §A.4", f"encapsulated pixel data of VR {vr} instead of OB")
            return
        bits = self.data_set.get(_BITS_ALLOCATED)
        if vr is VR.OB and isinstance(bits, int) and bits > 8:
            self._error("PS3.5 §8.1.2", "VR OB, more than 8 bits allocated make it OW")

    # ------------------------------------------------------------------ the value

    def _length(self) -> None:
        record = self.element.record
        if record is None or self.element.undefined_length:
            return
        length = record[3] - record[2]
        if length % 2:
            self._error("PS3.5 §7.1.1", f"odd length {length}")
        # Of UN the bytes are in little endian whatever the stream is, and VM and size hold as well.
        vr = self.element.effective_vr
        fault = "" if vr.facts.is_text or vr is VR.SQ else binary_fault(vr, length)
        if fault:
            self._error("PS3.5 §6.2", f"{vr}: {fault}")

    def _values(self) -> None:
        vr = self.element.effective_vr
        if vr is VR.SQ or vr is VR.UN:
            return
        if not vr.facts.is_text:
            size = 4 if vr is VR.AT else vr.facts.item_size
            if vr.facts.multiple:
                self._multiplicity(len(self.element.raw) // size)
            return
        raw = self.element.raw
        if not len(raw) or len(raw) > _LONGEST_TEXT:
            return
        data = bytes(raw)
        fault = padding_fault(vr, data)
        if fault:
            self._error("PS3.5 §6.2", f"{vr}: {fault}")
        self._text(vr, data)

    def _text(self, vr: VR, data: bytes) -> None:
        sets = self.data_set.character_sets
        text, sound = decode_text(vr, data, sets)
        if not sound:
            if not vr.facts.charset:
                self._error("PS3.5 §6.1.2.1", f"{vr}: characters beyond the default repertoire")
            elif not sets.terms:
                self._error(
                    "PS3.5 §6.1.2.1",
                    "characters beyond the default repertoire, but no Specific Character Set",
                )
            else:
                self._error("PS3.5 §6.1.2", "bytes that the declared character set does not have")
        for fault in text_faults(vr, text):
            self._error("PS3.5 §6.2", f"{vr}: {fault}")
        if text.strip(" \0"):
            self._multiplicity(text.count("\\") + 1 if vr.facts.multiple else 1)

    def _multiplicity(self, count: int) -> None:
        if self.entry is None or not count:
            return
        vm = Multiplicity.of(self.entry.vm)
        if vm is not None and not vm.allows(count):
            noun = "value" if count == 1 else "values"
            self._error("PS3.6 §6", f"{count} {noun}, the dictionary says {self.entry.vm}")


assert set(REPRESENTATIONS) == {vr for vr in VR if vr.facts.is_text}
