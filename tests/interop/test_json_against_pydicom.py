"""DICOM JSON of every file that pydicom bundles, beside pydicom's own: equal but for these rows.

Values over 4 KB are left out on both sides: what is compared is the model, and Base64 of megabytes
would only make it slow.
"""

import warnings
from collections.abc import Iterator
from pathlib import Path

import pydicom
import pytest
from pydicom.data import get_testdata_files

from filmroom.dicom import read_file
from filmroom.dicom.bulk_data import INLINE_BINARY_VRS
from filmroom.dicom.json import json_model
from filmroom.dicom.json_reader import from_json_model

BULK = 4096
BULK_IN_BASE64 = BULK * 4 // 3 + 4
NO_DICOM = {".dump", ".gz", ".icc", ".json", ".txt"}

FILES = sorted(
    path
    for path in map(Path, get_testdata_files())
    if path.is_file() and path.suffix not in NO_DICOM and path.name not in ("README", "no_meta.dcm")
)
"""All but no_meta.dcm: it begins with a stray space, and pydicom, forced, reads tags across it."""

ABSENT = object()


def name_of(path: Path) -> str:
    return "/".join(path.parts[-2:])


def ours(path: Path) -> dict:
    return json_model(
        read_file(path).data_set,
        bulk_data=lambda _, element: (
            "bulk"
            if element.effective_vr in INLINE_BINARY_VRS and len(element.raw) > BULK + 2
            else None
        ),
    )


def theirs(path: Path) -> dict | None:
    """What pydicom makes of a file; None where it raises."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        data_set = pydicom.dcmread(path, force=True)
        try:
            return data_set.to_json_dict(BULK_IN_BASE64, lambda _: "bulk")
        except ValueError:
            return None


def differences(mine, other, place=()) -> Iterator[tuple[tuple, object, object]]:
    """Every place where two models differ, and what stands there on either side."""
    if isinstance(mine, dict) and isinstance(other, dict):
        for key in sorted({*mine, *other}):
            pair = mine.get(key, ABSENT), other.get(key, ABSENT)
            yield from differences(*pair, (*place, key))
    elif isinstance(mine, list) and isinstance(other, list) and len(mine) == len(other):
        for number, pair in enumerate(zip(mine, other, strict=True)):
            yield from differences(*pair, (*place, number))
    elif mine != other:
        yield place, mine, other


def attribute(place: tuple) -> str:
    """The attribute that a difference belongs to."""
    return next(step for step in reversed(place) if isinstance(step, str) and len(step) == 8)


# One row a difference that is meant: its name, when it applies, and why ours is as it is.
JUSTIFIED = {
    "character set": (
        lambda path, place, mine, other: (
            attribute(place) == "00080005" and mine in ("ISO_IR 192", ["ISO_IR 192"])
        ),
        "the model is in UTF-8 (PS3.18 §F.2), so (0008,0005) says so; pydicom leaves in it what"
        " is true of the file only",
    ),
    "group length": (
        lambda path, place, mine, other: mine is ABSENT and str(place[-1]).endswith("0000"),
        "group lengths shall not be included (PS3.18 §F.2.2)",
    ),
    "empty sequence": (
        lambda path, place, mine, other: place[-1] == "Value" and mine is ABSENT and other == [],
        "an attribute of zero length has no Value (PS3.18 §F.2.5)",
    ),
    "empty value": (
        lambda path, place, mine, other: mine is None and other == "",
        "an empty value among several is null (PS3.18 §F.2.5)",
    ),
    "padding": (
        lambda path, place, mine, other: isinstance(other, str) and mine == other.strip(" \0"),
        "spaces around a value of CS are padding and no part of it (PS3.5 §6.2)",
    ),
    "big endian": (
        lambda path, place, mine, other: (
            place[-1] == "InlineBinary"
            and read_file(path).transfer_syntax.uid == "1.2.840.10008.1.2.2"
            and len(mine) == len(other)
        ),
        "bulk data is little endian (PS3.18 §8.7.3.3), whatever the file is in",
    ),
    "cut off": (
        lambda path, place, mine, other: (
            path.name == "emri_small_jpeg_2k_lossless_too_short.dcm" and other is ABSENT
        ),
        "the pixel data ends too early, and pydicom then reads nothing of the whole data set",
    ),
}


@pytest.fixture(scope="module")
def used():
    return set()


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_equal_to_pydicoms_but_for_what_is_justified(path, used):
    other = theirs(path)
    if other is None:
        assert path.name == "badVR.dcm"  # "1A" as IS, on which pydicom raises
        assert ours(path)["00280008"]["Value"] == ["1A"]
        return
    unjustified = []
    for place, mine, theirs_ in differences(ours(path), other):
        rows = [
            name for name, (applies, _) in JUSTIFIED.items() if applies(path, place, mine, theirs_)
        ]
        used.update(rows[:1])
        if not rows:
            unjustified.append(place)
    assert unjustified == []


def test_there_are_many_and_every_row_is_needed(used):
    assert len(FILES) > 200
    if used:  # empty where this test runs alone
        assert used == set(JUSTIFIED)


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_what_pydicom_writes_is_read(path):
    """And says the same: our model of it is our model of the file, its own oddities aside."""
    other = theirs(path)
    if other is None:
        return
    read = from_json_model(other, bulk_data=lambda *_: None)
    mine = ours(path)
    for place, again, first in differences(json_model(read), mine):
        expected = (
            attribute(place) == "00080005"
            or (isinstance(first, dict) and "BulkDataURI" in first)
            or any(row(path, place, first, again) for row, _ in JUSTIFIED.values())
        )
        assert expected, place
