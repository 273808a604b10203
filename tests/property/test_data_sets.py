"""Data sets through writer, reader and scanner, in all uncompressed transfer syntaxes."""

from data_sets import data_sets, plain
from hypothesis import given, settings
from hypothesis import strategies as st

from filmroom.dicom import (
    CharacterSets,
    DataSet,
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    Scanner,
    encode_bytes,
    read_data_set,
    read_preamble_and_meta,
)
from filmroom.dicom.charset import PN_DELIMITERS, TEXT_DELIMITERS
from filmroom.errors import DataError

SYNTAXES = (
    ImplicitVRLittleEndian,
    ExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    DeflatedExplicitVRLittleEndian,
)
syntaxes = st.sampled_from(SYNTAXES)


def deeply(data_set: DataSet) -> None:
    """Touch every value, whatever it is."""
    for element in data_set:
        assert element.values is not None
        assert isinstance(element.text, str)
        for item in data_set.sequence(element.tag):
            deeply(item)


@given(data_sets(), syntaxes)
def test_what_is_written_is_read(ds, syntax):
    encoded = encode_bytes(ds, syntax)
    assert len(encoded) % 2 == 0
    back = read_data_set(encoded, syntax, strict=True)
    explicit = not syntax.implicit_vr
    assert plain(back, private_vrs=explicit) == plain(ds, private_vrs=explicit)
    assert back.issues == []


@given(data_sets(), syntaxes)
def test_what_is_read_is_written_byte_for_byte(ds, syntax):
    encoded = encode_bytes(ds, syntax)
    back = read_data_set(encoded, syntax)
    deeply(back)
    assert encode_bytes(back, syntax) == encoded


@given(data_sets(), syntaxes, syntaxes)
def test_conversions_keep_every_value(ds, first, second):
    read = read_data_set(encode_bytes(ds, first), first)
    converted = read_data_set(encode_bytes(read, second), second, strict=True)
    explicit = not (first.implicit_vr or second.implicit_vr)
    assert plain(converted, private_vrs=explicit) == plain(ds, private_vrs=explicit)


def cut(data: bytes, sizes: list[int]) -> list[bytes]:
    """``data`` in pieces of the given sizes, again and again."""
    pieces, position, turn = [], 0, 0
    while position < len(data):
        size = sizes[turn % len(sizes)]
        pieces.append(data[position : position + size])
        position, turn = position + size, turn + 1
    return pieces


def scan(pieces: list[bytes], syntax, wanted) -> Scanner:
    scanner = Scanner(syntax, wanted)
    for piece in pieces:
        if scanner.feed(piece):
            break
    scanner.finish()
    return scanner


@given(data_sets(), syntaxes, st.lists(st.integers(1, 40), min_size=1, max_size=6), st.data())
def test_scanner_in_chunks_is_scanner_whole_is_reader(ds, syntax, sizes, data):
    encoded = encode_bytes(ds, syntax)
    tags = [int(tag) for tag in ds.tags()]
    wanted = frozenset(data.draw(st.lists(st.sampled_from([*tags, 0x0020000D]))))
    chunked, whole = scan(cut(encoded, sizes), syntax, wanted), scan([encoded], syntax, wanted)
    assert chunked.values == whole.values
    assert chunked.vrs == whole.vrs
    assert chunked.pixel_data_offset == whole.pixel_data_offset
    assert chunked.expected_length == whole.expected_length
    read = read_data_set(encoded, syntax)
    pixel_data = min((tag for tag in tags if tag in (0x7FE00008, 0x7FE00009)), default=1 << 32)
    assert whole.values == {
        tag: bytes(read.element(tag).raw)
        for tag in sorted(wanted)
        if tag in read and tag < pixel_data
    }


@st.composite
def damaged(draw) -> tuple[bytes, object]:
    """The bytes of a data set with some of them changed, inserted or cut off."""
    syntax = draw(syntaxes)
    encoded = bytearray(encode_bytes(draw(data_sets(depth=2)), syntax))
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, len(encoded)))
        piece = draw(
            st.one_of(
                st.binary(max_size=8),
                st.sampled_from(
                    [
                        b"\xff\xff\xff\xff",
                        b"\xfe\xff\x00\xe0",
                        b"\xfe\xff\x0d\xe0",
                        b"SQ\0\0",
                        b"UN",
                    ]
                ),
            )
        )
        if draw(st.booleans()):
            encoded[at : at + len(piece)] = piece
        else:
            encoded[at:at] = piece
    return bytes(encoded[: draw(st.integers(0, len(encoded)))]), syntax


anything = st.one_of(damaged(), st.tuples(st.binary(max_size=200), syntaxes))


@settings(max_examples=300)
@given(anything, st.booleans())
def test_arbitrary_bytes_give_data_errors_only(given_, strict):
    data, syntax = given_
    try:
        ds = read_data_set(data, syntax, strict=strict)
        deeply(ds)
        for other in SYNTAXES:
            encode_bytes(ds, other)
    except DataError:
        pass


@settings(max_examples=300)
@given(anything, st.booleans(), st.lists(st.integers(1, 40), min_size=1, max_size=6))
def test_arbitrary_bytes_into_the_scanner(given_, strict, sizes):
    data, syntax = given_
    results = []
    for pieces in ([data], cut(data, sizes)):
        scanner = Scanner(syntax, frozenset({0x00080005, 0x00100010, 0x00400275}), strict=strict)
        try:
            for piece in pieces:
                if scanner.feed(piece):
                    break
            scanner.finish()
            deeply(scanner.data_set())
            results.append((scanner.values, scanner.issues))
        except DataError as error:
            results.append((type(error), str(error)))
    if not syntax.deflated:
        assert results[0] == results[1]


@given(st.one_of(anything.map(lambda pair: pair[0]), st.binary(max_size=400)), st.booleans())
def test_arbitrary_bytes_as_a_file(data, prefixed):
    try:
        read_preamble_and_meta(bytes(128) + b"DICM" + data if prefixed else data)
    except DataError:
        pass


@settings(max_examples=20)
@given(data_sets(depth=2), syntaxes)
def test_truncated_at_every_length(ds, syntax):
    """Cut anywhere: DataError when strict, the elements before the cut when not."""
    encoded = encode_bytes(ds, syntax)
    for length in range(len(encoded)):
        part = encoded[:length]
        try:
            found = read_data_set(part, syntax, strict=True)
            assert all(tag in ds for tag in found.tags())
        except DataError:
            pass
        try:
            deeply(read_data_set(part, syntax))
        except DataError:
            pass


CHARACTERS = {
    "ISO 2022 IR 6": "",
    "ISO 2022 IR 100": "éüÄß",
    "ISO 2022 IR 101": "čłŽ",
    "ISO 2022 IR 126": "αβΩ",
    "ISO 2022 IR 144": "жЯю",
    "ISO 2022 IR 138": "שלו",
    "ISO 2022 IR 166": "กขค",
    "ISO 2022 IR 13": "ﾔﾏﾀﾞ",
    "ISO 2022 IR 87": "山田やま",
    "ISO 2022 IR 159": "丂丄丅",
    "ISO 2022 IR 149": "길동홍",
    "ISO 2022 IR 58": "张东第",
}
"""Some characters of each set that code extensions can add."""


@st.composite
def extended(draw) -> tuple[CharacterSets, str]:
    """Character sets with code extensions, and a text of their characters."""
    terms = draw(st.lists(st.sampled_from(sorted(CHARACTERS)), min_size=2, max_size=4, unique=True))
    letters = "".join(CHARACTERS[term] for term in terms) + "aB 1^=\\\r\n"
    return CharacterSets.of(tuple(terms)), draw(st.text(st.sampled_from(letters), max_size=20))


@given(extended())
def test_text_in_any_character_sets_round_trips(given_):
    sets, text = given_
    for delimiters in (TEXT_DELIMITERS, PN_DELIMITERS):
        assert sets.decode(sets.encode(text, delimiters), delimiters) == (text, True)


@given(data_sets(depth=2), syntaxes, syntaxes)
def test_a_copy_is_the_same_and_its_own(ds, syntax, other):
    read = read_data_set(encode_bytes(ds, syntax), syntax)
    twin = read.copy()
    assert twin == read
    assert encode_bytes(twin, other) == encode_bytes(read, other)
    for tag in twin.tags():
        del twin[tag]
    assert len(twin) == 0
    assert plain(read, private_vrs=not syntax.implicit_vr) == plain(
        ds, private_vrs=not syntax.implicit_vr
    )


@given(data_sets(depth=2), syntaxes, syntaxes)
def test_elements_put_into_another_data_set_keep_their_values(ds, first, second):
    read = read_data_set(encode_bytes(ds, first), first)
    target = DataSet()
    target["SpecificCharacterSet"] = "GB18030"
    for element in read:
        if element.tag != 0x00080005:
            target.add(element)
    back = read_data_set(encode_bytes(target, second), second)
    explicit = not (first.implicit_vr or second.implicit_vr)
    expected = plain(ds, private_vrs=explicit)
    found = plain(back, private_vrs=explicit)
    for values in (expected, found):
        del values[0x00080005]
    if explicit:
        assert found == expected
    else:
        assert found.keys() == expected.keys()


@given(data_sets(depth=2), syntaxes, syntaxes)
def test_a_wrong_declaration_changes_nothing_but_an_issue(ds, actual, declared):
    encoded = encode_bytes(ds, actual)
    if actual.deflated or declared.deflated:
        return
    read = read_data_set(encoded, declared)
    explicit = not actual.implicit_vr
    assert plain(read, private_vrs=explicit) == plain(ds, private_vrs=explicit)
    assert len(read.issues) == (actual is not declared)
