"""The way through a data set: every attribute gets its action, in all items (PS3.15 §E.1.1).

What comes out is built anew, element by element: nothing that stands between the elements read,
behind the items of a sequence or after the last element can come along.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from filmroom.deidentification.content_items import Concept, concept_of, retained_by
from filmroom.deidentification.dummies import dummy_document, dummy_items
from filmroom.deidentification.options import Option
from filmroom.deidentification.overlays import (
    OVERLAY_DATA,
    OVERLAY_TEXTS,
    blanked_overlay,
    is_overlay,
    stays,
)
from filmroom.deidentification.private import CHARACTERISTICS, SafePrivate, block_key
from filmroom.deidentification.profile import Profile
from filmroom.deidentification.regions import Region
from filmroom.deidentification.replacements import PSEUDONYMS, Replacements
from filmroom.deidentification.table import Action, Decision
from filmroom.deidentification.types import UNKNOWN_TYPES, AttributeTypes, types_of
from filmroom.dicom import VR, DataSet, Element, Tag, lookup

__all__ = ["PIXELS", "PRIVATE", "UNKNOWN", "Walk"]

PRIVATE = "private"
UNKNOWN = "unknown"

PIXELS = frozenset({0x7FE00001, 0x7FE00002, 0x7FE00008, 0x7FE00009, 0x7FE00010})
"""Pixel data and its offset tables; there is only one place for them, the top (§E.3.1, note 4)."""

_SOP_CLASS_UID = 0x00080016
_DOCUMENT = 0x00420011
_DOCUMENT_LENGTH = 0x00420015
_MIME_TYPE = 0x00420012
_TEXT_VALUE = 0x0040A160
_DATE_VALUES = frozenset({0x0040A120, 0x0040A121})  # DateTime, Date
_VALUE_TYPE = 0x0040A040
_CODE_VALUES = frozenset({0x00080100, 0x00080119, 0x00080120})
_CODING_SCHEME = 0x00080102
_CODE_MEANING = 0x00080104
_STRUCTURED = frozenset({0x0040A730, 0x00400555, 0x00400610})
"""Content Sequence, Acquisition Context Sequence, Specimen Preparation Sequence."""
_DESCRIPTORS = frozenset({None, Option.CLEAN_DESCRIPTORS, Option.RETAIN_PATIENT_CHARACTERISTICS})

_SCHEMES = """
ACR BI C4 C5 DCM FMA I10 I10P I9 I9C ICDO3 ISO3166_1 ISO639_1 LN MDC NCIt RADELEMENT RADLEX RFC3066
RFC5646 RXNORM SCT SNM3 SRT UBERON UCUM UMLS
"""
_PUBLIC_SCHEMES = frozenset(_SCHEMES.split())
"""Coding schemes that are published, so that their codes are nobody's own (PS3.16 §8)."""


@dataclass(frozen=True, slots=True)
class _Place:
    """Where the walk is: the data set read, the one made, and what is around them."""

    source: DataSet
    target: DataSet
    nested: bool = False
    structured: bool = False
    """Inside of cleaned structured content."""
    codes: bool = False
    """Inside of sequences whose codes and their meanings are cleaned."""
    concept: Concept = Concept.ORDINARY
    types: AttributeTypes = UNKNOWN_TYPES
    """The types that attributes have here."""


class Walk:
    """One walk through one data set; ``counts`` then says how often which action was done.

    ``regions`` are blanked in overlays; the pixels are the caller's.
    """

    def __init__(
        self,
        profile: Profile,
        replacements: Replacements,
        safe_private: SafePrivate,
        regions: Sequence[Region] = (),
    ) -> None:
        self.counts: Counter[str] = Counter()
        self._profile = profile
        self._replacements = replacements
        self._safe = safe_private
        self._regions = regions
        self._actions: dict[Action, Callable[[_Place, Element, Decision], Element | None]] = {
            Action.X: self._remove,
            Action.Z: self._empty,
            Action.D: self._dummy,
            Action.U: self._uid,
            Action.K: self._keep,
            Action.C: self._clean,
        }

    def through(self, source: DataSet) -> DataSet:
        """A new data set, in the layout of ``source``, which stays as it is."""
        target = DataSet(source.transfer_syntax)
        self._fill(_Place(source, target, types=types_of(source.text(_SOP_CLASS_UID))))
        if _DOCUMENT_LENGTH in target and target.raw(_DOCUMENT) != source.raw(_DOCUMENT):
            target[_DOCUMENT_LENGTH] = len(dummy_document(source.text(_MIME_TYPE)))
        return target

    def _fill(self, place: _Place) -> None:
        private = []
        for tag in place.source.tags():
            if tag & 0x10000:
                private.append(tag)
            elif not tag & 0xFFFF or tag == CHARACTERISTICS:
                continue  # group lengths are wrong now; characteristics are written with the blocks
            elif is_overlay(tag):
                self._overlay(place, tag)
            elif place.nested and tag in PIXELS:
                self.counts[Action.X] += 1
            else:
                self._attribute(place, tag)
        if private:
            self._private(place, private)

    def _attribute(self, place: _Place, tag: Tag) -> None:
        element = place.source.element(tag)
        assert element is not None
        decision = self._decision(place, tag)
        if decision is None:
            place.target.add(self._as_is(place, element))
            return
        if decision.action is Action.X and lookup(tag) is None:
            self.counts[UNKNOWN] += 1
            return
        self._do(decision.action, place, element, decision)

    def _decision(self, place: _Place, tag: Tag) -> Decision | None:
        """That of the profile, or what the code or content item around asks for."""
        decision = self._profile.decision(tag, place.types.type_of(tag))
        if place.concept is Concept.BIRTH_DATE and tag in _DATE_VALUES:
            return Decision(Action.D, None, Action.D)
        if tag == _TEXT_VALUE and retained_by(place.concept) in self._profile.options:
            return None
        if place.codes and tag == _CODE_MEANING:
            return Decision(Action.C, Option.CLEAN_DESCRIPTORS, Action.D)
        if (
            place.codes
            and tag in _CODE_VALUES
            and place.source.text(_CODING_SCHEME) not in _PUBLIC_SCHEMES
        ):
            return Decision(Action.D, Option.CLEAN_DESCRIPTORS, Action.D)
        return decision

    # ------------------------------------------------------------------ actions

    def _do(self, action: Action, place: _Place, element: Element, decision: Decision) -> None:
        if not _length(element) and action is not Action.X:
            place.target.add(self._replacements.empty(element))
            return
        made = self._actions[action](place, element, decision)
        if made is not None:
            self.counts[action] += 1
            place.target.add(made)
        elif action is Action.X:
            self.counts[action] += 1
        else:
            # What cannot be cleaned or kept gets the action of the profile alone.
            fallback = decision.base if decision.base is not action else Action.X
            self._do(fallback, place, element, decision)

    def _remove(self, place: _Place, element: Element, decision: Decision) -> None:
        return None

    def _empty(self, place: _Place, element: Element, decision: Decision) -> Element:
        if element.tag in PSEUDONYMS:
            return self._replacements.pseudonym(place.source, element)
        return self._replacements.empty(element)

    def _dummy(self, place: _Place, element: Element, decision: Decision) -> Element | None:
        vr = element.effective_vr
        if element.tag in PSEUDONYMS:
            return self._replacements.pseudonym(place.source, element)
        if vr is VR.UI:
            return self._replacements.uids(element)
        if vr is not VR.SQ:
            return self._replacements.dummy(place.source, element)
        items = dummy_items(element.tag, element.values)
        if items is None:
            return self._sequence(place, element)
        return Element.of(element.tag, VR.SQ, items)

    def _uid(self, place: _Place, element: Element, decision: Decision) -> Element | None:
        if element.effective_vr is VR.SQ:
            return self._sequence(place, element)
        return self._replacements.uids(element)

    def _keep(self, place: _Place, element: Element, decision: Decision) -> Element | None:
        if not self._replacements.is_temporal(element):
            return None
        return self._as_is(place, element)

    def _clean(self, place: _Place, element: Element, decision: Decision) -> Element | None:
        if element.effective_vr is not VR.SQ:
            return self._replacements.cleaned(place.source, element)
        if element.tag in _STRUCTURED:
            return self._sequence(place, element, structured=True)
        return self._sequence(place, element, codes=decision.option in _DESCRIPTORS)

    # ------------------------------------------------------------------ what stays

    def _as_is(self, place: _Place, element: Element, vr: VR | None = None) -> Element:
        if (element.effective_vr if vr is None else vr) is VR.SQ:
            return self._sequence(place, element)
        return self._replacements.kept(place.source, element, vr)

    def _sequence(
        self, place: _Place, element: Element, *, structured: bool = False, codes: bool = False
    ) -> Element:
        """The sequence with its items gone through."""
        if element.effective_vr is VR.SQ:
            items: Iterable[DataSet] = element.values
        else:
            items = place.source.parse_items(element)  # a private one of VR UN
        inside = replace(
            place,
            nested=True,
            structured=place.structured or structured,
            codes=place.codes or codes,
            types=place.types.inside(element.tag),
        )
        made = [self._item(inside, item) for item in items]
        return Element.of(element.tag, VR.SQ, [item for item in made if item is not None])

    def _item(self, place: _Place, item: DataSet) -> DataSet | None:
        """One item gone through; None for a content item that goes as a whole."""
        concept = concept_of(item) if place.structured else Concept.ORDINARY
        option = retained_by(concept)
        if (
            concept is Concept.PATIENT_CHARACTERISTIC
            and _VALUE_TYPE in item
            and option not in self._profile.options
        ):
            self.counts[Action.X] += 1
            return None
        target = DataSet(item.transfer_syntax)
        # Before anything is put in, so that its text is of the character set of its surroundings.
        target.parent = place.target
        self._fill(replace(place, source=item, target=target, concept=concept))
        return target

    # ------------------------------------------------------------------ overlays

    def _overlay(self, place: _Place, tag: Tag) -> None:
        element = place.source.element(tag)
        assert element is not None
        made: Element | None = None
        if Option.CLEAN_GRAPHICS in self._profile.options and stays(place.source, tag):
            first_plane = tag & 0xFF00FFFF
            if first_plane == OVERLAY_DATA:
                made = blanked_overlay(place.source, tag, self._regions)
            elif first_plane in OVERLAY_TEXTS:
                made = self._replacements.cleaned(place.source, element)
            else:
                made = self._as_is(place, element)
            if made is not None:
                self.counts[Action.C] += 1
                place.target.add(self._replacements.kept(place.source, made))
        if made is None:
            self.counts[Action.X] += 1

    # ------------------------------------------------------------------ private attributes

    def _private(self, place: _Place, tags: Iterable[Tag]) -> None:
        """Private attributes known to be safe, with the creators of their blocks (§E.3.10)."""
        blocks: dict[int, str] = {}
        keep = Option.RETAIN_SAFE_PRIVATE in self._profile.options
        for tag in tags:
            if not tag & 0xFFFF or tag.is_private_creator:
                continue
            creator = place.source.text(block_key(tag)) if keep else ""
            element = place.source.element(tag) if creator else None
            known = self._safe.of(creator, tag) if creator else None
            if element is None or known is None or known.action is Action.X:
                self.counts[PRIVATE] += 1
                continue
            vr = known.vr if element.vr is VR.UN else None
            made = (
                self._as_is(place, element, vr)
                if known.action is Action.K
                else self._private_action(place, element, known.action)
            )
            if made is None:
                self.counts[PRIVATE] += 1
                continue
            self.counts[known.action] += 1
            blocks[block_key(tag)] = creator
            place.target.add(made)
        for key, creator in blocks.items():
            place.target.set(key, VR.LO, creator)
        if blocks and not place.nested:
            place.target.set(CHARACTERISTICS, VR.SQ, _characteristics(blocks))

    def _private_action(self, place: _Place, element: Element, action: Action) -> Element | None:
        if action is Action.U and element.effective_vr is VR.UN:
            element = Element(element.tag, VR.UI, element.raw)
        return self._actions[action](place, element, Decision(action, None, Action.X))


def _characteristics(blocks: dict[int, str]) -> list[DataSet]:
    """Private Data Element Characteristics Sequence: what was left is safe (PS3.3 §C.12.1.1.7)."""
    items = []
    for group, creator in sorted({(key >> 16, creator) for key, creator in blocks.items()}):
        item = DataSet()
        item.set(0x00080301, VR.US, group)
        item.set(0x00080302, VR.LO, creator)
        item.set(0x00080303, VR.CS, "SAFE")
        items.append(item)
    return items


def _length(element: Element) -> int:
    """Bytes of the value, or items of a sequence that was made from items."""
    if element.vr is VR.SQ and element.record is None:
        return len(element.values)
    return len(element.raw)
