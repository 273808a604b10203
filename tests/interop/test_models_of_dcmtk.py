"""DICOM JSON and Native DICOM Model XML beside DCMTK's: dcm2json and dcm2xml on pydicom's files."""

import base64
import json
import math
import subprocess
from array import array
from pathlib import Path

import pydicom
import pytest
from processes import require

from filmroom.dicom import read_file
from filmroom.dicom.json import json_model
from filmroom.dicom.xml_reader import read_xml

FOLDER = Path(pydicom.__file__).parent / "data" / "test_files"
FILES = [
    *("CT_small.dcm", "MR_small_bigendian.dcm", "MR_small_implicit.dcm", "image_dfl.dcm"),
    *("rtplan.dcm", "rtstruct.dcm", "rtdose_1frame.dcm", "reportsi.dcm", "test-SR.dcm"),
    *("ExplVR_BigEnd.dcm", "liver_1frame.dcm", "SC_rgb_small_odd.dcm"),
]


def output_of(*command) -> bytes:
    return subprocess.run(command, check=True, capture_output=True, timeout=60).stdout


def same(mine, other) -> bool:
    """Equal but for what DCMTK's print of numbers and names loses."""
    if isinstance(mine, dict):
        if mine.get("vr") == "PN" and "Value" in mine:
            # It drops carets at the end, and names of carets alone.
            mine = {**mine, "Value": [_stripped(name) for name in mine["Value"]]}
            mine = mine if any(mine["Value"]) else {"vr": "PN"}
        return mine.keys() == other.keys() and all(same(mine[key], other[key]) for key in mine)
    if isinstance(mine, list):
        return len(mine) == len(other) and all(map(same, mine, other))
    if isinstance(mine, float):
        return math.isclose(mine, other, rel_tol=1e-7)
    return mine == other


def _stripped(name):
    groups = {group: text.rstrip("^") for group, text in (name or {}).items()}
    return {group: text for group, text in groups.items() if text} or None


def test_the_comparison_sees_a_difference():
    assert same({"a": [1.0]}, {"a": [1.00000001]})
    assert not same({"a": [1.0]}, {"a": [1.1]})
    assert not same({"a": ["x"]}, {"a": ["y"]})
    assert not same({"a": 1}, {"a": 1, "b": 2})


@pytest.mark.parametrize("name", FILES)
def test_json_is_dcm2jsons(name):
    theirs = json.loads(output_of(require("dcm2json"), "-q", "-fc", FOLDER / name))
    assert same(json_model(read_file(FOLDER / name).data_set), theirs)


@pytest.mark.parametrize("name", FILES)
def test_xml_of_dcm2xml_is_read_as_the_file_itself(name):
    command = (require("dcm2xml"), "-q", "-nat", "+Eb", "+M", "+U8", FOLDER / name)
    read = read_xml(output_of(*command))
    mine = json_model(read_file(FOLDER / name).data_set)
    theirs = json_model(read)
    # Asked to, it converts text, and says so where the file had said nothing.
    mine.setdefault("00080005", theirs.get("00080005"))
    for attribute in theirs.values():
        if attribute["vr"] == "OW" and "InlineBinary" in attribute:
            # It writes words in big endian, which no other value of the document is in.
            words = array("H", base64.b64decode(attribute["InlineBinary"]))
            words.byteswap()
            attribute["InlineBinary"] = base64.b64encode(words).decode()
    assert same(mine, theirs)
    assert read.issues == []
