"""A data set out of the Native DICOM Model (PS3.19 §A.1), checked: what comes in is from anywhere.

Documents with a DTD are refused, so that there are no entities to expand and none to fetch. What is
no such document raises :class:`DataError` of some kind, naming the place, and nothing else.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from xml.parsers import expat

from filmroom.dicom.bulk_data import BulkDataSource
from filmroom.dicom.dataset import DataSet
from filmroom.dicom.element import Element
from filmroom.dicom.model_reader import ModelReader
from filmroom.dicom.model_values import NAME_GROUPS
from filmroom.dicom.reader import MAX_DEPTH
from filmroom.dicom.tag import Tag
from filmroom.dicom.vr import VR
from filmroom.dicom.xml import NAME_COMPONENTS, NAMESPACE
from filmroom.errors import InvalidDicomFile, NestingTooDeep

__all__ = ["read_xml"]

_CHUNK = 1 << 16
_DEEPEST = 2 * MAX_DEPTH + 8
_MOST_GAPS = 1024
_BLOCKS = range(0x10, 0x100)

# What may stand in what (PS3.19 §A.1.6).
_INSIDE: dict[str, frozenset[str]] = {
    "": frozenset({"NativeDicomModel"}),
    "NativeDicomModel": frozenset({"DicomAttribute"}),
    "Item": frozenset({"DicomAttribute"}),
    "DicomAttribute": frozenset({"BulkData", "InlineBinary", "Item", "PersonName", "Value"}),
    "PersonName": frozenset(NAME_GROUPS),
    **dict.fromkeys(NAME_GROUPS, frozenset(NAME_COMPONENTS)),
}
_WITH_TEXT = frozenset({"InlineBinary", "Value", *NAME_COMPONENTS})


def read_xml(
    source: bytes | Iterable[bytes],
    *,
    bulk_data: BulkDataSource | None = None,
    strict: bool = False,
) -> DataSet:
    """The data set of one document, given whole or in pieces as an open file gives them.

    ``bulk_data`` fetches values that are given by URI, or by UUID as ``urn:uuid:``; its path has
    private tags without their blocks, as the document has them. Blocks are given to creators in
    their order. Raises :class:`DataError` of some kind.
    """
    reader = ModelReader(bulk_data=bulk_data, strict=strict)
    filling = _Filling(reader)
    tree = _Tree(filling.add)
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse_dtd
    parser.StartElementHandler = tree.start
    parser.EndElementHandler = tree.end
    parser.CharacterDataHandler = tree.text
    try:
        for piece in _pieces(source):
            parser.Parse(piece, False)
        parser.Parse(b"", True)
    except expat.ExpatError:
        place = max(parser.ErrorByteIndex, 0)  # of an empty document it is -1
        raise InvalidDicomFile("not well-formed XML", offset=place) from None
    except (LookupError, ValueError):
        raise InvalidDicomFile("XML in an encoding that is not known here") from None
    return reader.finish(filling.finish())


def _pieces(source: bytes | Iterable[bytes]) -> Iterator[bytes]:
    if isinstance(source, bytes | bytearray | memoryview):
        for start in range(0, len(source), _CHUNK):
            yield bytes(source[start : start + _CHUNK])
    else:
        yield from source


def _refuse_dtd(*_: object) -> None:
    raise InvalidDicomFile("XML with a document type definition", hint="remove the DOCTYPE")


@dataclass(slots=True)
class _Node:
    """An XML element: its local name, attributes, text and children."""

    name: str
    attributes: Mapping[str, str] = field(default_factory=dict)
    texts: list[str] = field(default_factory=list)
    children: list[_Node] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "".join(self.texts)


class _Tree:
    """Builds the tree of one outermost DicomAttribute at a time, and hands it over."""

    def __init__(self, done: Callable[[_Node], None]) -> None:
        self._done = done
        self._open = [_Node("")]

    def start(self, name: str, attributes: dict[str, str]) -> None:
        namespace, _, local = name.rpartition(" ")
        # LENIENT: no namespace, as in the examples of PS3.18 and in DCMTK's files.
        if namespace not in ("", NAMESPACE) or local not in _INSIDE.get(self._open[-1].name, ()):
            raise InvalidDicomFile("XML that is no Native DICOM Model: an element out of place")
        if len(self._open) > _DEEPEST:
            raise NestingTooDeep(f"over {MAX_DEPTH} levels of sequences")
        node = _Node(local, attributes)
        if len(self._open) > 2:
            self._open[-1].children.append(node)
        self._open.append(node)

    def text(self, text: str) -> None:
        if self._open[-1].name in _WITH_TEXT:
            self._open[-1].texts.append(text)
        elif text.strip():
            raise InvalidDicomFile("XML that is no Native DICOM Model: text out of place")

    def end(self, _: str) -> None:
        node = self._open.pop()
        if len(self._open) == 2:
            self._done(node)


class _Filling:
    """A data set being filled; its private elements get their blocks at the end."""

    def __init__(self, reader: ModelReader) -> None:
        self._reader = reader
        self._data_set = reader.data_set()
        self._private: list[tuple[str, Element]] = []

    def add(self, node: _Node) -> None:
        """Add the attribute that a DicomAttribute is."""
        reader = self._reader
        creator = node.attributes.get("privateCreator", "")
        tag = reader.enter(node.attributes.get("tag", ""), has_creator=bool(creator))
        if tag is None:
            return
        element = self._element(tag, node)
        if element is not None and creator and tag.is_private:
            self._private.append((creator, element))
        elif element is not None:
            reader.add(self._data_set, element)
        reader.path.pop()

    def finish(self) -> DataSet:
        """The data set, with every private element in a block of its creator (PS3.5 §7.8.1)."""
        data_set = self._data_set
        blocks: dict[tuple[int, str], list[int]] = defaultdict(list)
        taken = set()
        for tag in data_set.tags():
            if tag.is_private_creator:
                blocks[tag.group, data_set.text(tag)].append(tag.element)
            if tag.is_private:
                taken.add((tag.group, tag.element >> 8 or tag.element))
        for creator, element in self._private:
            group, number = element.tag.group, element.tag.element & 0xFF
            known = blocks[group, creator]
            block = next(
                (b for b in known if (group << 16 | b << 8 | number) not in data_set), None
            )
            if block is None:
                block = next((b for b in _BLOCKS if (group, b) not in taken), None)
                if block is None:
                    raise self._reader.error(f"no block is free for a creator in {group:04X}")
                taken.add((group, block))
                known.append(block)
                reservation = self._reader.from_values(group << 16 | block, VR.LO, [creator])
                self._reader.add(data_set, reservation)
            element.tag = Tag.of(group, block << 8 | number)
            self._reader.add(data_set, element)
        return data_set

    def _element(self, tag: int, node: _Node) -> Element | None:
        reader = self._reader
        vr = reader.vr(node.attributes.get("vr"), tag, self._data_set, required=False)
        kinds = {child.name for child in node.children}
        if not kinds:
            return Element.of(tag, vr, ()) if vr is VR.SQ else Element(tag, vr)
        kind = node.children[0].name
        if len(kinds) > 1 or (kind in ("BulkData", "InlineBinary") and len(node.children) > 1):
            raise reader.error("more than one content of an attribute")
        if kind == "InlineBinary":
            return reader.from_base64(tag, vr, node.children[0].text)
        if kind == "BulkData":
            return reader.from_uri(tag, vr, self._uri(node.children[0]))
        if (kind == "Item") != (vr is VR.SQ) or (kind == "PersonName") != (vr is VR.PN):
            raise reader.error(f"{kind} where the VR is {vr}")
        children = self._in_order(node.children)
        if vr is VR.SQ:
            return Element.of(tag, vr, [self._item(n, child) for n, child in enumerate(children)])
        if vr is VR.PN:
            return reader.from_values(tag, vr, [child and _name(child) for child in children])
        return reader.from_values(tag, vr, [child and child.text for child in children])

    def _item(self, number: int, node: _Node | None) -> DataSet:
        self._reader.path.append(number)
        item = _Filling(self._reader)
        for child in () if node is None else node.children:
            item.add(child)
        data_set = item.finish()
        self._reader.path.pop()
        return data_set

    def _uri(self, node: _Node) -> str:
        uri, uuid = node.attributes.get("uri", ""), node.attributes.get("uuid", "")
        if not uri and not uuid:
            raise self._reader.error("BulkData without uri and uuid")
        return uri or f"urn:uuid:{uuid}"

    def _in_order(self, nodes: list[_Node]) -> Sequence[_Node | None]:
        """Values, names or items by their numbers, None for a number that is left out."""
        given = [node.attributes.get("number", "") for node in nodes]
        if given == [str(number + 1) for number in range(len(nodes))]:
            return nodes
        # LENIENT: no numbers, or numbers left out with the empty values that they had.
        self._reader.tolerate("values that are not numbered one by one")
        if not any(given):
            return nodes
        try:
            numbers = [int(text) for text in given if len(text) < 10]
        except ValueError:
            numbers = []
        last = max(numbers, default=0)
        if len(set(numbers)) < len(nodes) or min(numbers) < 1 or last > len(nodes) + _MOST_GAPS:
            raise self._reader.error("values whose numbers do not count")
        by_number = dict(zip(numbers, nodes, strict=True))
        return [by_number.get(number) for number in range(1, last + 1)]


def _name(node: _Node) -> dict[str, str]:
    """The component groups of a PersonName, as JSON has them."""
    groups = {}
    for group in node.children:
        components = {component.name: component.text for component in group.children}
        text = "^".join(components.get(name, "") for name in NAME_COMPONENTS)
        groups[group.name] = text.rstrip("^")
    return groups
