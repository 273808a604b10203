"""A data set: data elements in tag order, read lazily out of the bytes they came in (PS3.5 §7.1).

Elements stay offsets into the buffer until they are asked for; what is never touched is never
decoded, and is written again byte for byte.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from filmroom.dicom.ambiguous_vr import DECIDING, decided_vr, is_signed
from filmroom.dicom.charset import DEFAULT_CHARACTER_SETS, CharacterSets
from filmroom.dicom.dictionary import (
    NO_PRIVATE_DICTIONARY,
    PrivateDictionary,
    is_wrong_vr,
    lookup,
)
from filmroom.dicom.element import Element
from filmroom.dicom.issue import Issue
from filmroom.dicom.parser import Parser, Record
from filmroom.dicom.tag import Tag, as_tag
from filmroom.dicom.uid import ExplicitVRLittleEndian, ImplicitVRLittleEndian, TransferSyntax
from filmroom.dicom.values import decode_values
from filmroom.dicom.vr import VR
from filmroom.errors import InvalidCharacterSet, InvalidValue, InvalidVR, NestingTooDeep

__all__ = ["DataSet"]

_CHARACTER_SET = 0x00080005


class DataSet:
    """Elements by tag. A key is an integer, a :class:`Tag`, a keyword or ``"GGGG,EEEE"``.

    ``ds["PatientName"]`` is the decoded value: None when of zero length, a tuple when of several
    values, for a sequence always the tuple of its items. Setting a value takes the VR from the
    dictionary; :meth:`set` names it. ``transfer_syntax`` is that of the bytes read; of deflated
    ones, that of the inflated bytes. ``issues`` lists the defects tolerated so far, and grows
    when lazily read parts show more.
    """

    __slots__ = (
        "_buffer", "_character_sets", "_decoded", "_depth", "_items", "_ordered", "end_offset",
        "is_changed", "parent", "parser", "private_dictionary", "transfer_syntax",
    )  # fmt: skip

    def __init__(
        self,
        transfer_syntax: TransferSyntax = ExplicitVRLittleEndian,
        *,
        private_dictionary: PrivateDictionary = NO_PRIVATE_DICTIONARY,
    ) -> None:
        self.transfer_syntax = transfer_syntax
        self.private_dictionary = private_dictionary
        self.parser = Parser()
        self.parent: DataSet | None = None
        self.is_changed = False
        self.end_offset = 0
        self._buffer = memoryview(b"")
        self._items: dict[int, Record | Element] = {}
        self._decoded: dict[int, tuple[Any, ...]] = {}
        self._ordered = True
        self._depth = 0
        self._character_sets: CharacterSets | None = None

    @classmethod
    def from_buffer(
        cls,
        buffer: memoryview,
        records: dict[int, Record],
        transfer_syntax: TransferSyntax,
        parser: Parser,
        *,
        end_offset: int,
        parent: DataSet | None = None,
        private_dictionary: PrivateDictionary = NO_PRIVATE_DICTIONARY,
    ) -> DataSet:
        """A data set over records that ``parser`` found in ``buffer``, in tag order."""
        ds = cls.__new__(cls)
        ds.transfer_syntax = transfer_syntax
        ds.private_dictionary = private_dictionary
        ds.parser = parser
        ds.parent = parent
        ds.is_changed = False
        ds.end_offset = end_offset
        ds._buffer = buffer
        ds._items = records  # type: ignore[assignment]  # elements take the places of records
        ds._decoded = {}
        ds._ordered = True
        ds._depth = 0 if parent is None else parent._depth + 1
        ds._character_sets = None
        return ds

    # ------------------------------------------------------------------ reading

    @property
    def issues(self) -> list[Issue]:
        """The defects tolerated so far, of nested data sets as well."""
        return self.parser.issues

    @property
    def buffer(self) -> memoryview:
        """The bytes that the data set was read from."""
        return self._buffer

    @property
    def is_modified(self) -> bool:
        """Whether anything was set or deleted since reading, here or in an item."""
        if self.is_changed:
            return True
        return any(
            isinstance(entry, Element) and not entry.is_unchanged for entry in self._items.values()
        )

    @property
    def character_sets(self) -> CharacterSets:
        """The character sets of (0008,0005), or else those of the data set around this one."""
        if self._character_sets is None:
            element = self.element(_CHARACTER_SET)
            if element is None:
                parent = self.parent
                return DEFAULT_CHARACTER_SETS if parent is None else parent.character_sets
            sets = CharacterSets.of(element.code_strings())
            if sets.fault:
                record = element.record
                offset = None if record is None else record[1]
                self.parser.tolerate(sets.fault, _CHARACTER_SET, offset, InvalidCharacterSet)
            self._character_sets = sets
        return self._character_sets

    def element(self, tag: int | str) -> Element | None:
        """The element of ``tag``, or None."""
        key = as_tag(tag)
        entry = self._items.get(key)
        if entry is None or isinstance(entry, Element):
            return entry
        vr, _, start, stop, _ = entry
        if vr is None:
            vr = self.resolve_vr(key)
        element = Element.read(self, key, vr, self._buffer[start:stop], entry)
        if vr is VR.SQ or (vr is VR.UN and element.effective_vr is VR.SQ):
            # Items may change, so there is one of each. Elements without are not kept: they and
            # their data set would hold each other in memory.
            self._items[key] = element
        return element

    def record(self, tag: int) -> Record | Element | None:
        """What is held of ``tag``: the record of its place in the buffer while unchanged."""
        return self._items.get(tag)

    def entries(self) -> list[tuple[int, Record | Element]]:
        """Tags in order, each with what is held of it."""
        self._order()
        return list(self._items.items())

    def values_of(self, tag: int | str) -> tuple[Any, ...]:
        """All values of ``tag``; empty where the element is absent or of zero length."""
        key = as_tag(tag)
        entry = self._items.get(key)
        if entry is None:
            return ()
        if isinstance(entry, Element):
            return entry.values
        values = self._decoded.get(key)
        return self._decode(key, entry) if values is None else values

    def _decode(self, key: int, record: Record) -> tuple[Any, ...]:
        """The values that a record stands for, kept for the next time."""
        vr, start, value, stop, _ = record
        if vr is None or vr is VR.SQ or vr is VR.UN:
            element = self.element(key)
            assert element is not None
            values = element.values
            if isinstance(self._items[key], Element):
                return values
        else:
            sets = self.character_sets if vr.facts.charset else DEFAULT_CHARACTER_SETS
            values, fault = decode_values(
                vr,
                self._buffer[value:stop],
                little_endian=self.transfer_syntax.little_endian,
                sets=sets,
            )
            if fault:
                self.parser.tolerate(fault, key, start)
            if is_wrong_vr(key, vr):
                # LENIENT: another VR than PS3.6 has, of old toolkits and of changed attributes.
                self.parser.tolerate(f"{vr} is not the VR of this attribute", key, start, InvalidVR)
        self._decoded[key] = values
        return values

    def get(self, tag: int | str, default: Any = None) -> Any:
        """The value of ``tag``, or ``default`` where the element is absent."""
        key = as_tag(tag)
        return self[key] if key in self._items else default

    def text(self, tag: int | str, default: str = "") -> str:
        """The value of ``tag`` as text, values joined by backslashes, padding stripped."""
        element = self.element(tag)
        return default if element is None else element.text

    def raw(self, tag: int | str) -> bytes | memoryview | None:
        """The bytes of the value of ``tag``, or None where the element is absent."""
        element = self.element(tag)
        return None if element is None else element.raw

    def sequence(self, tag: int | str) -> tuple[DataSet, ...]:
        """The items of the sequence ``tag``; none where it is absent or no sequence."""
        element = self.element(tag)
        if element is None or element.effective_vr is not VR.SQ:
            return ()
        return element.values

    def tags(self) -> list[Tag]:
        """The tags in order, without reading any element."""
        self._order()
        return [Tag(tag) for tag in self._items]

    def __getitem__(self, tag: int | str) -> Any:
        key = as_tag(tag)
        entry = self._items.get(key)
        if entry is None:
            raise KeyError(str(Tag(key)))
        if isinstance(entry, Element):
            return entry.value
        values = self._decoded.get(key)
        if values is None:
            values = self._decode(key, entry)
            if isinstance(self._items[key], Element):  # a sequence, which is so kept
                return values
        return values[0] if len(values) == 1 else values or None

    def __contains__(self, tag: int | str) -> bool:
        return as_tag(tag) in self._items

    def __len__(self) -> int:
        return len(self._items)

    def __iter__(self) -> Iterator[Element]:
        self._order()
        for tag in list(self._items):
            element = self.element(tag)
            if element is not None:
                yield element

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, DataSet):
            return NotImplemented
        return self._items.keys() == other._items.keys() and all(
            mine == theirs for mine, theirs in zip(self, other, strict=True)
        )

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"<DataSet of {len(self)} elements>"  # never a value: it may be patient data

    # ------------------------------------------------------------------ changing

    def __setitem__(self, tag: int | str, value: Any) -> None:
        key = as_tag(tag)
        vr = self.resolve_vr(key)
        if vr is VR.US and is_signed(value):
            entry = lookup(key)
            if entry is not None and VR.SS in entry.vrs:
                vr = VR.SS
        self.set(key, vr, value)

    def set(self, tag: int | str, vr: VR | str, value: Any) -> None:
        """Set ``tag`` to a value, to several in a tuple or list, or with None to zero length.

        Text with backslashes is several values where the VR allows several. Raises
        :class:`InvalidValue` for a VR that does not exist; values are checked when encoded.
        """
        key = as_tag(tag)
        try:
            kind = VR(vr)
        except ValueError:
            raise InvalidValue("no such VR", tag=key) from None
        if value is None or (isinstance(value, str) and not value):
            values: tuple[Any, ...] = ()
        elif isinstance(value, tuple | list):
            values = tuple(value)
        elif isinstance(value, str) and kind.facts.multiple:
            values = tuple(value.split("\\"))
        else:
            values = (value,)
        self.add(Element.of(key, kind, values))

    def add(self, element: Element) -> None:
        """Put ``element`` in, in place of one of the same tag; items become children of this.

        Of an element or an item of another data set a copy is put in, with the values that it has
        there.
        """
        tag = int(element.tag)
        if element._owner is not None and element._owner is not self:
            element = element.copy(self)
        self._before_change(tag)
        element._owner = self
        if element.vr is VR.SQ and element._values is not None:
            if not all(isinstance(item, DataSet) for item in element._values):
                raise InvalidValue("items of a sequence are data sets", tag=tag)
            element._values = tuple(item._adopted(self) for item in element._values)
        if tag not in self._items and self._items and tag < next(reversed(self._items)):
            self._ordered = False
        self._items[tag] = element
        self._decoded.pop(tag, None)
        self.is_changed = True

    def __delitem__(self, tag: int | str) -> None:
        key = as_tag(tag)
        if key not in self._items:
            raise KeyError(str(Tag(key)))
        self._before_change(key)
        del self._items[key]
        self._decoded.pop(key, None)
        self.is_changed = True

    def private_tag(self, creator: str, tag: int, *, reserve: bool = False) -> Tag | None:
        """The tag that ``0xGGGGxxEE`` of ``creator`` has in this data set (PS3.5 §7.8.1).

        None where the creator has no block in the group; with ``reserve`` it gets the first free
        one. Raises :class:`InvalidValue` where the group is even, or has no block left.
        """
        if not tag & 0x10000:
            raise InvalidValue("private elements are of odd groups", tag=tag)
        group = tag & 0xFFFF0000
        free = None
        for block in range(0x10, 0x100):
            if group | block not in self._items:
                free = free or block
            elif self.text(group | block) == creator:
                return Tag(group | block << 8 | tag & 0xFF)
        if not reserve:
            return None
        if free is None:
            raise InvalidValue("no block of private elements is free", tag=tag)
        self.set(group | free, VR.LO, creator)
        return Tag(group | free << 8 | tag & 0xFF)

    def copy(self) -> DataSet:
        """A data set of its own over the same bytes: changes of one do not show in the other.

        It has no parent; what of its text depends on one is decoded.
        """
        twin = self._twin(self.parent)
        if twin.parent is not None:
            twin._settle_vrs()
            if _CHARACTER_SET not in twin._items:
                twin._decode_text()
            twin.parent = None
        return twin

    def _twin(self, parent: DataSet | None) -> DataSet:
        """A copy down to the items, as it stands, in the context of ``parent``."""
        twin = DataSet(self.transfer_syntax, private_dictionary=self.private_dictionary)
        twin.parser = Parser(self.parser.strict, self.parser.max_depth, list(self.parser.issues))
        twin.parent, twin._buffer, twin._depth = parent, self._buffer, self._depth
        twin.is_changed, twin._ordered = self.is_changed, self._ordered
        twin.end_offset = self.end_offset
        for tag, entry in self._items.items():
            twin._items[tag] = entry._twin(twin) if isinstance(entry, Element) else entry
        return twin

    def _adopted(self, parent: DataSet) -> DataSet:
        """The data set as an item of ``parent``; a copy where it is one of another's."""
        ancestor: DataSet | None = parent
        while ancestor is not None:
            if ancestor is self:
                raise NestingTooDeep("a data set cannot be an item of itself")
            ancestor = ancestor.parent
        if self.parent is parent:
            return self
        item = self if self.parent is None else self._twin(self.parent)
        item._settle_vrs()
        if _CHARACTER_SET not in item._items and item.character_sets != parent.character_sets:
            item._decode_text()
        item.parent = parent
        return item

    def _before_change(self, tag: int) -> None:
        """Before ``tag`` changes: decode and decide what depends on it."""
        if tag == _CHARACTER_SET:
            self._decode_text()
        elif tag in DECIDING or (tag & 0x10000 and 0x10 <= tag & 0xFFFF <= 0xFF):
            self._settle_vrs()

    def _settle_vrs(self) -> None:
        """Decide the VRs that the stream does not say, before their context changes."""
        if self.transfer_syntax.implicit_vr and self._buffer:
            for element in self:
                self._items[int(element.tag)] = element
                if element.effective_vr is VR.SQ:
                    for item in element.values:
                        item._settle_vrs()

    def _decode_text(self) -> None:
        """Decode all text before its character set changes; it is encoded anew when written.

        Text that could be decoded in part only keeps its bytes.
        """
        for element in self:
            vr = element.effective_vr
            if vr is VR.SQ:
                for item in element.values:
                    if _CHARACTER_SET not in item:
                        item._decode_text()
            elif vr.facts.charset and element._raw is not None and element.is_decodable:
                element.vr, element._values = vr, element.values
                element._raw = element._record = None
                self._items[int(element.tag)] = element
                self.is_changed = True
        self._decoded.clear()
        self._character_sets = None

    def _order(self) -> None:
        if not self._ordered:
            self._items = dict(sorted(self._items.items()))
            self._ordered = True

    # ------------------------------------------------------------------ for elements and writer

    def resolve_vr(self, tag: int) -> VR:
        """The VR of ``tag`` by the dictionary and, where it names several, by the context.

        Private elements are looked up by their creator. What is unknown is UN.
        """
        entry = lookup(tag)
        if entry is None and tag & 0x10000:
            creator = self.text(tag & 0xFFFF0000 | (tag >> 8 & 0xFF))
            entry = self.private_dictionary.lookup(creator, tag) if creator else None
        if entry is None or not entry.vrs:
            return VR.UN
        vrs = entry.vrs
        return vrs[0] if len(vrs) == 1 else decided_vr(tag, vrs, self)

    def parse_items(self, element: Element) -> tuple[DataSet, ...]:
        """The items of a sequence that was read as bytes."""
        raw = element.raw
        buffer = self._buffer
        record = element._record
        if record is not None:
            start, stop = record[2], record[3]
        else:
            buffer, start, stop = memoryview(raw), 0, len(raw)
        syntax = self.transfer_syntax
        if element.vr is VR.UN:
            syntax = ImplicitVRLittleEndian  # PS3.5 §6.2.2
        depth = self._depth + 1
        parser = self.parser
        layout = {"implicit": syntax.implicit_vr, "little": syntax.little_endian}
        items = []
        for first, last in parser.items(buffer, start, stop, depth=depth, **layout):
            records, end = parser.elements(buffer, first, last, depth=depth, **layout)
            items.append(
                DataSet.from_buffer(
                    buffer,
                    records,
                    syntax,
                    parser,
                    end_offset=end,
                    parent=self,
                    private_dictionary=self.private_dictionary,
                )
            )
        return tuple(items)
