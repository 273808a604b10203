"""A data element: tag, VR and value, its bytes kept and decoded when asked for (PS3.5 §7.1)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from filmroom.dicom.charset import DEFAULT_CHARACTER_SETS, CharacterSets
from filmroom.dicom.dictionary import is_wrong_vr, lookup
from filmroom.dicom.parser import DAMAGED_OPEN, Record
from filmroom.dicom.tag import Tag
from filmroom.dicom.values import (
    UNDECLARED,
    decode_text,
    decode_values,
    encode_values,
    numbers_of,
    typed_values,
)
from filmroom.dicom.vr import VR
from filmroom.errors import DataError, InvalidValue, InvalidVR

if TYPE_CHECKING:
    from filmroom.dicom.dataset import DataSet

__all__ = ["Element"]


class Element:
    """One data element.

    Made from bytes (``Element(tag, vr, raw)``) it keeps them and decodes on access; made from
    values (:meth:`of`) it is encoded on access. ``vr`` is what the stream says, or the
    dictionary's in implicit VR. Raw bytes are those of the stream, in its byte order.
    """

    __slots__ = (
        "_owner",
        "_raw",
        "_record",
        "_values",
        "little_endian",
        "tag",
        "undefined_length",
        "vr",
    )

    def __init__(
        self,
        tag: int,
        vr: VR | str,
        raw: bytes | memoryview = b"",
        *,
        undefined_length: bool = False,
        little_endian: bool = True,
    ) -> None:
        self.tag = Tag(tag)
        self.vr = vr if isinstance(vr, VR) else VR(vr)
        self.undefined_length = undefined_length
        self.little_endian = little_endian
        self._raw: bytes | memoryview | None = raw
        self._values: tuple[Any, ...] | None = None
        self._owner: DataSet | None = None
        self._record: Record | None = None

    @classmethod
    def of(cls, tag: int, vr: VR | str, values: Sequence[Any]) -> Element:
        """An element from its values; encoding happens later, errors of it as well.

        Values become what decoding would give: text a name where the VR is PN, a date text.
        """
        element = cls(tag, vr)
        element._raw = None
        element._values = typed_values(element.vr, values)
        return element

    @property
    def keyword(self) -> str:
        """The keyword of PS3.6, or an empty string."""
        entry = lookup(self.tag)
        return "" if entry is None else entry.keyword

    @property
    def effective_vr(self) -> VR:
        """The VR by which the value is understood: of UN, the dictionary's (PS3.5 §6.2.2)."""
        if self.vr is not VR.UN:
            return self.vr
        if self.undefined_length:
            return VR.SQ
        if self._owner is not None:
            return self._owner.resolve_vr(self.tag)
        entry = lookup(self.tag)
        return entry.vrs[0] if entry is not None and len(entry.vrs) == 1 else VR.UN

    @property
    def raw(self) -> bytes | memoryview:
        """The bytes of the value as in the stream; of a sequence from items, see the writer."""
        if self._raw is not None:
            return self._raw
        if self.vr is VR.SQ:
            raise InvalidValue("a sequence made from items has no bytes yet", tag=self.tag)
        return encode_values(
            self.vr, self._values or (), little_endian=True, sets=self._sets(self.vr)
        )

    @property
    def values(self) -> tuple[Any, ...]:
        """The decoded values, items of a sequence as data sets; empty for a value of no length."""
        values = self._values
        if values is None:
            values = self._values = self._decode()
        return values

    @property
    def value(self) -> Any:
        """None without values, the value itself when it is one, a tuple when they are several.

        A sequence is always the tuple of its items.
        """
        values = self._values
        if values is None:
            values = self._values = self._decode()
        vr = self.vr if self.vr is not VR.UN else self.effective_vr
        if vr is VR.SQ:
            return values
        if len(values) == 1:
            return values[0]
        return values or None

    @property
    def numbers(self) -> memoryview[Any]:
        """The numbers of OW, OF, OD, OL or OV: a view as far as can be, of a file's map as well.

        ``numpy.asarray(element.numbers)`` is an array over the same memory. Of OB and others the
        bytes.
        """
        return numbers_of(self.effective_vr, self.raw, little_endian=self._raw_is_little)

    @property
    def text(self) -> str:
        """The value as text: values joined by backslashes and stripped; empty for bulk data."""
        vr = self.effective_vr
        if self._values is None and self._raw is not None and vr.facts.is_text:
            text, sound = decode_text(vr, bytes(self._raw), self._sets(vr))
            if not sound:
                self._tolerate(UNDECLARED)
            return text.strip(" \0")
        if vr is VR.SQ or (vr.facts.item_size and not vr.facts.multiple):
            return ""
        return "\\".join("" if value is None else str(value) for value in self.values).strip(" \0")

    @property
    def is_decodable(self) -> bool:
        """Whether no character of the text had to be replaced; true of what is no text."""
        return not self.effective_vr.facts.charset or "\ufffd" not in self.text

    @property
    def record(self) -> Record | None:
        """Where it stands in the buffer it was read from; None for one made from values."""
        return self._record

    @property
    def byte_order_is_little(self) -> bool:
        """The byte order of :attr:`raw`: the stream's, or little endian once values were set."""
        return self.little_endian if self._raw is not None else True

    @property
    def _raw_is_little(self) -> bool:
        return self.byte_order_is_little or self.vr is VR.UN

    @property
    def is_top(self) -> bool:
        """Whether it belongs to no item: an icon in an item may be native in any transfer syntax.

        PS3.5 §A.4.
        """
        return self._owner is None or self._owner.parent is None

    def code_strings(self) -> tuple[str, ...]:
        """The values as CS, whatever VR the stream says: they may rule how others are decoded."""
        if self._raw is None:
            return tuple(str(value) for value in self._values or ())
        parts = bytes(self._raw).decode("latin_1").split("\\")
        return tuple(part.strip(" \0") for part in parts)

    @property
    def is_unchanged(self) -> bool:
        """Whether the element is still what was read, in all its items."""
        return self._record is not None and not self.has_changed_items

    @property
    def has_changed_items(self) -> bool:
        """Whether it is a sequence that was read, and an item of it is no longer what was read."""
        if self._values is None or self.effective_vr is not VR.SQ:
            return False
        return any(item.is_modified for item in self._values)

    def copy(self, owner: DataSet) -> Element:
        """A copy to be put into the data set ``owner``, of whose bytes and text it is independent.

        Items of a sequence are copied as well.
        """
        twin = self._twin(owner)
        twin._record = None
        vr = self.effective_vr
        if vr is VR.SQ:
            twin.vr, twin._raw, twin.undefined_length = VR.SQ, None, False
            twin._values = self.values  # of which the data set makes copies
        elif self._raw is not None and self._sets(vr) != twin._sets(vr) and self.is_decodable:
            twin.vr, twin._values, twin._raw = vr, self.values, None
        return twin

    def _twin(self, owner: DataSet) -> Element:
        """A copy as it stands, in a data set over the same bytes."""
        twin = Element(self.tag, self.vr)
        twin.undefined_length, twin.little_endian = self.undefined_length, self.little_endian
        twin._raw, twin._record, twin._owner = self._raw, self._record, owner
        twin._values = self._values
        if twin._values is not None and self.effective_vr is VR.SQ:
            twin._values = tuple(item._twin(owner) for item in twin._values)
        return twin

    def _sets(self, vr: VR) -> CharacterSets:
        """The character sets of the value; the default ones for a VR to which none apply."""
        owner = self._owner
        if owner is None or not vr.facts.charset:
            return DEFAULT_CHARACTER_SETS
        return owner.character_sets

    def _decode(self) -> tuple[Any, ...]:
        raw, owner, vr = self._raw, self._owner, self.vr
        assert raw is not None
        little = self.little_endian
        if vr is VR.UN:
            vr, little = self.effective_vr, True
        if vr is VR.SQ:
            return () if owner is None else owner.parse_items(self)
        sets = self._sets(vr)
        values, fault = decode_values(vr, raw, little_endian=little, sets=sets)
        if fault:
            self._tolerate(fault)
        if self._record is not None and self._record[0] is not None and is_wrong_vr(self.tag, vr):
            # LENIENT: another VR than PS3.6 has, of old toolkits and of changed attributes.
            self._tolerate(f"{vr} is not the VR of this attribute", InvalidVR)
        return values

    def _tolerate(self, fault: str, kind: type[DataError] = InvalidValue) -> None:
        if self._owner is not None:
            offset = None if self._record is None else self._record[1]
            self._owner.parser.tolerate(fault, self.tag, offset, kind)

    @classmethod
    def read(cls, owner: DataSet, tag: int, vr: VR, raw: memoryview, record: Record) -> Element:
        """The element that ``record`` of ``owner`` stands for."""
        element = cls.__new__(cls)
        element.tag = Tag(tag)
        element.vr = vr
        element.undefined_length = record[4] == DAMAGED_OPEN or record[4] > record[3]
        element.little_endian = owner.transfer_syntax.little_endian
        element._raw = raw
        element._values = None
        element._owner = owner
        element._record = record
        return element

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Element):
            return NotImplemented
        if self.tag != other.tag or self.effective_vr is not other.effective_vr:
            return False
        mine, theirs, vr = self.values, other.values, self.effective_vr
        if vr.facts.item_size > 1 and not vr.facts.multiple and mine and theirs:
            return self.numbers.tobytes() == other.numbers.tobytes()
        return mine == theirs

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"Element({self.tag} {self.vr})"  # never the value: it may be patient data
