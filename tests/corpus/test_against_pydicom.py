"""Every value in every file of the corpus is what pydicom reads, from the top level to the deepest.

Known differences, all of them in how the two show a value and not in what it is:

- pydicom knows private elements of some makers, so it decodes what stands there as UN; here that is
  for a `PrivateDictionary` to tell. The bytes are decoded as the VR that pydicom names.
- Of text, pydicom strips spaces that do not count (PS3.5 §6.2) on the right only.
- Where a file ends before a delimiter, pydicom gives nothing of it; see `PYDICOM_GIVES_UP`.
"""

import io
import math
import warnings

import pydicom
import pytest
from pydicom.multival import MultiValue
from pydicom.valuerep import PersonName

from corpus import FILES, content, name_of
from filmroom.dicom import VR, Element, read_data_set, read_preamble_and_meta
from filmroom.errors import DataError

NO_DICOM = {"test_files/no_meta.dcm"}
PYDICOM_GIVES_UP = {"pydicom-data/emri_small_jpeg_2k_lossless_too_short.dcm"}
COMPARED = [path for path in FILES if name_of(path) not in NO_DICOM | PYDICOM_GIVES_UP]

EMPTIABLE = (str, bytes, MultiValue, PersonName)


def their_values(element):
    value = element.value
    if value is None or (isinstance(value, EMPTIABLE) and not value):
        return ()
    return tuple(value) if isinstance(value, MultiValue | list) else (value,)


def simple(vr, value):
    """What a value is, in types that both libraries' values can be turned into."""
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value)
    if vr == "DS" and type(value) is not str:
        text = getattr(value, "original_string", None) or str(value)
        return float(value), text.strip()
    if vr in ("IS", "AT") and type(value) is not str:
        return int(value)
    if vr == "PN":
        return str(value).rstrip("=")
    if isinstance(value, float) and math.isnan(value):
        return "not a number"
    return value.strip(" \0") if isinstance(value, str) else value


def differences(ours, theirs, where=""):
    """A line for each element that is not the same."""
    tags = set(map(int, ours.tags())), set(map(int, theirs.keys()))
    for tag in sorted(tags[0] ^ tags[1]):
        yield f"{where}{tag:08X} is missing {'here' if tag in tags[1] else 'there'}"
    for tag in sorted(tags[0] & tags[1]):
        mine, other = ours.element(tag), theirs[tag]
        vr = other.VR
        if mine.effective_vr.value != vr:
            if not (mine.effective_vr is VR.UN and mine.tag.is_private):
                yield f"{where}{tag:08X} is {mine.effective_vr}, not {vr}"
                continue
            mine = Element(tag, vr, mine.raw)
        if vr == "SQ":
            if len(mine.values) != len(other.value):
                yield f"{where}{tag:08X} has {len(mine.values)} items, not {len(other.value)}"
            for number, pair in enumerate(zip(mine.values, other.value, strict=False)):
                yield from differences(*pair, f"{where}{tag:08X}[{number}].")
            continue
        mine_simple = [simple(vr, value) for value in mine.values]
        other_simple = [simple(vr, value) for value in their_values(other)]
        if mine_simple != other_simple:
            yield f"{where}{tag:08X} {vr}: {mine_simple!r:.100}, not {other_simple!r:.100}"


@pytest.mark.parametrize("path", COMPARED, ids=name_of)
def test_every_value_is_the_same(path):
    data = content(path)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = pydicom.dcmread(io.BytesIO(data), force=True)
        meta, offset, syntax = read_preamble_and_meta(data)
        data_set = read_data_set(data, syntax, offset=offset)
        assert len(data_set)
        assert list(differences(data_set, theirs)) == []
        assert list(differences(meta, theirs.file_meta)) == []


@pytest.mark.parametrize("name", sorted(PYDICOM_GIVES_UP))
def test_where_pydicom_gives_nothing_there_is_something(name):
    path = next(path for path in FILES if name_of(path) == name)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert not len(pydicom.dcmread(path))
    data = content(path)
    _, offset, syntax = read_preamble_and_meta(data)
    assert len(read_data_set(data, syntax, offset=offset)) > 50


@pytest.mark.parametrize("name", sorted(NO_DICOM))
def test_what_pydicom_reads_with_force_only_is_refused(name):
    data = content(next(path for path in FILES if name_of(path) == name))
    with pytest.raises(pydicom.errors.InvalidDicomError):
        pydicom.dcmread(io.BytesIO(data))
    with pytest.raises(DataError):
        read_preamble_and_meta(data)
