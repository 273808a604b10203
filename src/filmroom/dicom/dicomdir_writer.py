"""Writing a DICOMDIR: directory records made of the objects of a file set (PS3.3 Annex F, PS3.10).

The files themselves are the caller's: :class:`DirectoryWriter` says where each belongs, takes the
keys of its records out of its data set, and writes the directory once all are there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

from filmroom.dicom.bulk_data import INLINE_BINARY_VRS, bulk_data_pieces
from filmroom.dicom.dataset import DataSet
from filmroom.dicom.dicomdir import MEDIA_STORAGE_DIRECTORY
from filmroom.dicom.dicomdir_records import RECORD_KEYS, TOP_LEVEL, record_type_of
from filmroom.dicom.dictionary import lookup, tag_for
from filmroom.dicom.element import Element
from filmroom.dicom.file import file_meta, write_pieces
from filmroom.dicom.file_set import DICOMDIR, is_file_id, is_file_set_id
from filmroom.dicom.issue import Issue
from filmroom.dicom.parser import MAX_ISSUES
from filmroom.dicom.tag import Tag
from filmroom.dicom.uid import ExplicitVRLittleEndian, generate_uid
from filmroom.dicom.vr import VR
from filmroom.dicom.writer import Piece, encode, encode_bytes
from filmroom.errors import InvalidCharacterSet, InvalidValue, LengthOutOfBounds, MissingRequiredTag

__all__ = ["DirectoryWriter"]

_CHARACTER_SET = 0x00080005
_CONTENT_SEQUENCE = 0x0040A730
_ITEM_AND_DELIMITER = 16
_SEQUENCE_HEADER = 12
_MOST_BYTES = 0xFFFFFFFF
_MOST_IN_FOLDER = 999_999
_UTF_8 = "ISO_IR 192"

_DATES = ("ContentDate", "AcquisitionDate", "SeriesDate", "StudyDate", "InstanceCreationDate")
_MADE_UP = {"Modality": "OT", "PatientID": "UNKNOWN-{}", "StudyID": "{}"}
_MADE_UP_BY_VR = {VR.DA: "19000101", VR.TM: "000000", VR.IS: "{}"}
"""What stands for a value that a directory needs and an object lacks; {} counts within a parent."""


@dataclass(slots=True, eq=False)
class _Node:
    """A record that will be written, and those below it by what tells them apart."""

    record: DataSet
    folder: tuple[str, ...] = ()
    children: dict[tuple[str, str], _Node] = field(default_factory=dict)
    added: int = 0
    """How many objects were added to it, forgotten ones included."""
    files: int = 0


class DirectoryWriter:
    """The directory of a file set that is being written.

    ``issues`` lists what was made up, because a directory needs it and an object does not have
    it, and what cannot be right.
    """

    def __init__(self, *, file_set_id: str = "", file_set_uid: str = "") -> None:
        """``file_set_id`` is at most 16 capitals, digits and underscores; else InvalidValue."""
        if not is_file_set_id(file_set_id):
            raise InvalidValue(
                "a File-set ID is at most 16 capitals, digits and underscores", tag=0x00041130
            )
        self.issues: list[Issue] = []
        self._file_set_id = file_set_id
        self._file_set_uid = file_set_uid or generate_uid()
        self._root = _Node(DataSet())
        self._studies: dict[str, _Node] = {}
        self._patient_of: dict[str, str] = {}
        self._files: dict[tuple[str, ...], tuple[_Node, tuple[str, str]]] = {}

    def add(
        self, data_set: DataSet, transfer_syntax_uid: str, file_id: Sequence[str] = ()
    ) -> tuple[str, ...]:
        """Add an object; return the File ID under which its file is to stand.

        ``file_id`` names the file where it stands already. Raises InvalidValue for a File ID that
        is none or is taken, MissingRequiredTag for an object without UIDs, and InvalidValue for a
        SOP class that has no directory record.
        """
        sop_class = _uid(data_set, "SOPClassUID")
        instance = _uid(data_set, "SOPInstanceUID")
        record_type = record_type_of(sop_class)
        if not record_type:
            raise InvalidValue("no directory record is defined for this SOP class", tag=0x00080016)
        if file_id and (not is_file_id(file_id) or self._is_taken(tuple(file_id))):
            raise InvalidValue("a File ID that is none, or is taken", tag=0x00041500)
        parent = self._root if record_type in TOP_LEVEL else self._series(data_set)
        named = tuple(file_id) or self._free_file_id(parent)
        parent.added += 1
        number = parent.added
        reference = (
            Element.of(0x00041500, VR.CS, named),
            Element.of(0x00041510, VR.UI, (sop_class,)),
            Element.of(0x00041511, VR.UI, (instance,)),
            Element.of(0x00041512, VR.UI, (transfer_syntax_uid,)),
        )
        record = self._record(record_type, data_set, number, reference)
        key = record_type, str(number)
        parent.children[key] = _Node(record)
        self._files[named] = parent, key
        return named

    def discard(self, file_id: Sequence[str]) -> None:
        """Forget an object that was added: its file could not be put there after all."""
        parent, key = self._files.pop(tuple(file_id))
        del parent.children[key]

    def data_set(self) -> DataSet:
        """The directory as it stands in the file, offsets included.

        Raises LengthOutOfBounds where it is too large for offsets of 32 bits.
        """
        directory = DataSet()
        directory.set(0x00041130, VR.CS, self._file_set_id)
        for tag in (0x00041200, 0x00041202):
            directory.set(tag, VR.UL, 0)
        directory.set(0x00041212, VR.US, 0)
        start = len(self._meta()) + len(encode_bytes(directory, ExplicitVRLittleEndian))
        nodes = list(_flat(self._root))
        offsets = _offsets(nodes, start + _SEQUENCE_HEADER)
        for node in nodes:
            _link(node.record, _entity(node), offsets)
        entries = _entity(self._root)
        _link(None, entries, offsets)
        if entries:
            directory.set(0x00041200, VR.UL, offsets[id(entries[0])])
            directory.set(0x00041202, VR.UL, offsets[id(entries[-1])])
        directory.set(0x00041220, VR.SQ, [node.record for node in nodes])
        return directory

    def pieces(self) -> Iterator[Piece]:
        """The bytes of the DICOMDIR."""
        return chain([self._meta()], encode(self.data_set(), ExplicitVRLittleEndian))

    def write(self, folder: Path) -> Path:
        """Write the DICOMDIR into ``folder``, whole or not at all; return its path."""
        path = folder / DICOMDIR
        write_pieces(path, self.pieces())
        return path

    def _meta(self) -> bytes:
        return file_meta(MEDIA_STORAGE_DIRECTORY, self._file_set_uid, ExplicitVRLittleEndian.uid)

    # ------------------------------------------------------------------ the tree

    def _series(self, data_set: DataSet) -> _Node:
        """The node of the series that ``data_set`` belongs to."""
        study_uid = _uid(data_set, "StudyInstanceUID")
        series_uid = _uid(data_set, "SeriesInstanceUID")
        # Without an ID, the name tells patients apart.
        key = data_set.text("PatientID") or f"\\{data_set.text('PatientName')}"
        study = self._studies.get(study_uid)
        if study is None:
            patient = self._node(self._root, "PATIENT", key, data_set)
            study = self._studies[study_uid] = self._node(patient, "STUDY", study_uid, data_set)
            self._patient_of[study_uid] = key
        elif self._patient_of[study_uid] != key:
            self._note("one study of several patients: it stays with the first", 0x0020000D)
        return self._node(study, "SERIES", series_uid, data_set)

    def _node(self, parent: _Node, record_type: str, key: str, data_set: DataSet) -> _Node:
        """The node of ``key`` below ``parent``, made where there is none."""
        node = parent.children.get((record_type, key))
        if node is None:
            number = len(parent.children) + 1
            name = f"{record_type[:2]}{_checked(number):06d}"
            record = self._record(record_type, data_set, number)
            node = parent.children[record_type, key] = _Node(record, (*parent.folder, name))
        return node

    def _free_file_id(self, parent: _Node) -> tuple[str, ...]:
        while True:
            parent.files += 1
            named = (*parent.folder, f"IM{_checked(parent.files):06d}")
            if not self._is_taken(named):
                return named

    def _is_taken(self, file_id: tuple[str, ...]) -> bool:
        return file_id in self._files or file_id == (DICOMDIR,)

    # ------------------------------------------------------------------ records

    def _record(
        self,
        record_type: str,
        data_set: DataSet,
        number: int,
        reference: Sequence[Element] = (),
    ) -> DataSet:
        """A record with the keys of its type; ``number`` counts those beside it."""
        record = DataSet()
        keys = [
            key
            for keyword, requirement in RECORD_KEYS[record_type]
            if (key := self._key(keyword, requirement, data_set, number)) is not None
        ]
        if not all(map(_is_ascii, keys)):
            record.set(_CHARACTER_SET, VR.CS, data_set.values_of(_CHARACTER_SET) or _UTF_8)
        for element in (*reference, *keys):
            record.add(element)
        record.set(0x00041400, VR.UL, 0)
        record.set(0x00041410, VR.US, 0xFFFF)
        record.set(0x00041420, VR.UL, 0)
        record.set(0x00041430, VR.CS, record_type)
        try:
            encode_bytes(record, ExplicitVRLittleEndian)
        except InvalidCharacterSet:
            self._note("text outside of its character set is written in UTF-8", _CHARACTER_SET)
            record.set(_CHARACTER_SET, VR.CS, _UTF_8)
        return record

    def _key(
        self, keyword: str, requirement: str, data_set: DataSet, number: int
    ) -> Element | None:
        """The element of one key; None where it is absent and may be."""
        tag = tag_for(keyword)
        assert tag is not None
        element = data_set.element(tag)
        if element is not None and element.values:
            copied = _copy(element)
            if copied.values or requirement != "1C":
                return copied
        if requirement == "1C":
            return None
        entry = lookup(tag)
        assert entry is not None
        vr = entry.vrs[0]
        text = ""
        if requirement == "1":
            text = _made_up(keyword, vr, data_set).format(number)
            done = "is made up" if text else "is left empty"
            self._note(f"a key that a directory needs and the object lacks {done}", tag)
        return Element.of(tag, vr, (text,) if text else ())

    def _note(self, message: str, tag: int) -> None:
        if len(self.issues) < MAX_ISSUES:
            self.issues.append(Issue(Tag(tag), None, message))


def _uid(data_set: DataSet, keyword: str) -> str:
    uid = data_set.text(keyword)
    if not uid:
        raise MissingRequiredTag(f"a directory needs {keyword}", tag=tag_for(keyword))
    return uid


def _checked(number: int) -> int:
    if number > _MOST_IN_FOLDER:
        raise LengthOutOfBounds(f"over {_MOST_IN_FOLDER} entries in a folder of a file set")
    return number


def _made_up(keyword: str, vr: VR, data_set: DataSet) -> str:
    if vr is VR.DA:
        dates = (data_set.text(name) for name in _DATES)
        return next((date for date in dates if date), _MADE_UP_BY_VR[vr])
    return _MADE_UP.get(keyword) or _MADE_UP_BY_VR.get(vr, "")


def _copy(element: Element) -> Element:
    """``element`` on its own; of an SR's content only what modifies its title."""
    tag, vr = element.tag, element.effective_vr
    if vr is VR.SQ:
        items = element.values
        if tag == _CONTENT_SEQUENCE:
            items = tuple(i for i in items if i.text("RelationshipType") == "HAS CONCEPT MOD")
        return Element.of(tag, vr, [_copy_of_item(item) for item in items])
    if vr in INLINE_BINARY_VRS:
        return Element(tag, vr, b"".join(bulk_data_pieces(element)))
    return Element.of(tag, vr, element.values)


def _copy_of_item(item: DataSet) -> DataSet:
    copied = DataSet()
    for element in item:
        if element.tag & 0xFFFF:
            copied.add(_copy(element))
    return copied


def _is_ascii(element: Element) -> bool:
    if element.vr is VR.SQ:
        return all(_is_ascii(inner) for item in element.values for inner in item)
    return all(str(value).isascii() for value in element.values)


def _entity(node: _Node) -> list[_Node]:
    """The records of the directory entity below ``node``, but none that leads to no file."""
    return [
        child
        for (record_type, _), child in node.children.items()
        if record_type not in ("PATIENT", "STUDY", "SERIES") or _entity(child)
    ]


def _flat(node: _Node) -> Iterator[_Node]:
    for child in _entity(node):
        yield child
        yield from _flat(child)


def _offsets(nodes: Sequence[_Node], start: int) -> dict[int, int]:
    """Where the item of each node will begin: lengths do not depend on the offsets inside."""
    offsets = {}
    for node in nodes:
        offsets[id(node)] = start
        start += len(encode_bytes(node.record, ExplicitVRLittleEndian)) + _ITEM_AND_DELIMITER
    if start > _MOST_BYTES:
        raise LengthOutOfBounds("the directory is too large for its offsets", tag=0x00041220)
    return offsets


def _link(record: DataSet | None, entity: Sequence[_Node], offsets: dict[int, int]) -> None:
    """Let ``record`` name the first record of its directory entity, and each of these the next."""
    places = [*(offsets[id(node)] for node in entity), 0]
    if record is not None:
        record.set(0x00041420, VR.UL, places[0])
    for node, following in zip(entity, places[1:], strict=True):
        node.record.set(0x00041400, VR.UL, following)
