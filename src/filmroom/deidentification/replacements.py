"""New values for old ones: elements as they are kept, cleaned, shifted and replaced."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from filmroom.deidentification.dates import is_temporal, shifted
from filmroom.deidentification.descriptors import Descriptors
from filmroom.deidentification.dummies import DUMMY_TEXT, dummy_document, dummy_values
from filmroom.deidentification.identity import Identity, patient_key
from filmroom.deidentification.pseudonyms import Pseudonyms
from filmroom.deidentification.vocabulary import TERMS, WORDS
from filmroom.dicom import VR, DataSet, Element
from filmroom.dicom.values import decode_text, encode_values
from filmroom.errors import InvalidCharacterSet, InvalidValue

__all__ = ["PSEUDONYMS", "Replacements"]

_PATIENT_NAME = 0x00100010
_PATIENT_ID = 0x00100020
_ENCAPSULATED_DOCUMENT = 0x00420011
_MIME_TYPE = 0x00420012

PSEUDONYMS = frozenset({_PATIENT_NAME, _PATIENT_ID})
"""Attributes that get the patient's pseudonym, whether the profile asks for Z or D."""
_IDENTIFIERS: dict[int, str] = {
    0x00120040: "trial subject",  # Clinical Trial Subject ID
    0x00120042: "trial subject reading",  # Clinical Trial Subject Reading ID
    0x00400512: "container",  # Container Identifier
    0x00400551: "specimen",  # Specimen Identifier
}
"""Dummies that still tell one thing from another within the data that was de-identified."""

_TEMPORAL = frozenset({VR.DA, VR.DT, VR.TM})
_CODED = frozenset({VR.CS, VR.UR})
"""Text that only a mistake makes tell who someone is, unless a patient is called like a term."""
_FORMS: dict[VR, re.Pattern[str]] = {
    VR.AS: re.compile(r"[0-9]{1,3}[DWMY]"),
    VR.DS: re.compile(r"[0-9+\-.eE ]*"),
    VR.IS: re.compile(r"[0-9+\-. ]*"),
    VR.UI: re.compile(r"[0-9.]*"),
}
"""What a value of a VR can look like; another one is text in the wrong place."""


@dataclass(frozen=True, slots=True)
class Replacements:
    """Elements for the new data set in place of those of one that is being de-identified.

    ``days`` is by how many days the patient's dates go back.
    """

    pseudonyms: Pseudonyms
    identity: Identity
    descriptors: Descriptors
    days: int

    def empty(self, element: Element) -> Element:
        """Of zero length."""
        vr = element.effective_vr
        return Element.of(element.tag, vr, ()) if vr is VR.SQ else Element(element.tag, vr)

    def kept(self, source: DataSet, element: Element, vr: VR | None = None) -> Element:
        """As it is, but for what cannot belong there.

        That is words and numbers that tell who the persons in the object are, what an old program
        left in the buffer after a NUL, and values that are none of their VR. ``vr`` is that of a
        private attribute whose VR is known better than the stream tells.
        """
        understood = element.effective_vr if vr is None else vr
        written = element.vr if vr is None else vr
        raw = element.raw
        if understood.facts.is_text and len(raw):
            text, _ = decode_text(understood, bytes(raw), source.character_sets)
            values = text.split("\\") if understood.facts.multiple else [text]
            cleaned = [self._sound(understood, value) for value in values]
            if cleaned != values:
                return self.text(source, element, cleaned, understood)
        little = element.byte_order_is_little or element.vr is VR.UN
        open_end = element.undefined_length
        return Element(element.tag, written, raw, undefined_length=open_end, little_endian=little)

    def _sound(self, vr: VR, value: str) -> str:
        """``value`` as it may stay."""
        kept = value.rstrip("\0 ")
        if "\0" in kept:
            value = kept = kept.partition("\0")[0]
        if vr is VR.UI:
            return value if _FORMS[vr].fullmatch(kept) else self.pseudonyms.uid(kept)
        form = _FORMS.get(vr)
        if form is not None and not form.fullmatch(kept.strip()):
            return ""
        if vr.facts.charset:
            found = self.identity.without(kept)
            if found != kept:
                return found or DUMMY_TEXT
        elif vr in _CODED and not WORDS.union(TERMS).issuperset(self.identity.found_in(kept)):
            return ""
        return value

    def text(
        self, source: DataSet, element: Element, values: Sequence[str], vr: VR | None = None
    ) -> Element:
        """With ``values``, or a dummy where the character set of ``source`` has not all of them."""
        vr = element.effective_vr if vr is None else vr
        try:
            raw = encode_values(vr, values, little_endian=True, sets=source.character_sets)
        except (InvalidCharacterSet, InvalidValue):
            raw = encode_values(
                vr, dummy_values(element.tag, vr), little_endian=True, sets=source.character_sets
            )
        return Element(element.tag, vr, raw)

    def pseudonym(self, source: DataSet, element: Element) -> Element:
        """With the pseudonym of the patient whose ID stands beside it, or of the whole object."""
        key = patient_key(source) or self.identity.key
        return self.text(source, element, [self.pseudonyms.identifier("patient", key)])

    def dummy(self, source: DataSet, element: Element) -> Element:
        """With a dummy, an identifier with one of its own."""
        tag, vr = element.tag, element.effective_vr
        if tag == _ENCAPSULATED_DOCUMENT:
            return Element(tag, VR.OB, dummy_document(source.text(_MIME_TYPE)))
        kind = _IDENTIFIERS.get(tag)
        if kind is not None:
            return self.text(source, element, [self.pseudonyms.identifier(kind, element.text)])
        return Element.of(tag, vr, dummy_values(tag, vr))

    def uids(self, element: Element) -> Element | None:
        """With the UIDs in place of its own; None where it holds no text at all."""
        if not element.effective_vr.facts.is_text:
            return None
        return Element.of(
            element.tag, VR.UI, [self.pseudonyms.uid(uid) for uid in element.text.split("\\")]
        )

    def is_temporal(self, element: Element) -> bool:
        """Whether its values are dates and times, or its VR is not one of them."""
        vr = element.effective_vr
        return vr not in _TEMPORAL or all(
            not value or is_temporal(vr, value) for value in element.text.split("\\")
        )

    def cleaned(self, source: DataSet, element: Element) -> Element | None:
        """Of similar meaning; None where nothing can be made of it that identifies nobody."""
        vr = element.effective_vr
        if vr in _TEMPORAL:
            return self._shifted(element, vr)
        if vr is VR.AE:
            return self._application_entities(source, element)
        if not vr.facts.charset and vr is not VR.CS:
            return None
        known = self.identity.words | self.identity.identifiers
        separate = vr.facts.multiple
        values = element.text.split("\\") if separate else [element.text]
        cleaned = [self.descriptors.cleaned(value, known) for value in values]
        return self.text(source, element, cleaned) if any(cleaned) else None

    def _shifted(self, element: Element, vr: VR) -> Element | None:
        try:
            values = [
                shifted(vr, value, self.days) if value else "" for value in element.text.split("\\")
            ]
        except InvalidValue:
            return None
        return Element.of(element.tag, vr, values)

    def _application_entities(self, source: DataSet, element: Element) -> Element:
        titles = element.text.split("\\")
        return self.text(
            source,
            element,
            [self.pseudonyms.identifier("application entity", title) for title in titles],
        )
