"""``filmroom json`` and ``filmroom xml``: to standard output, large values by their place."""

import json
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree

import pytest
from objects import ct_image, write
from pydicom.uid import DeflatedExplicitVRLittleEndian

from filmroom.dicom import read_file
from filmroom.dicom.json_reader import read_json
from filmroom.dicom.xml import NAMESPACE
from filmroom.dicom.xml_reader import read_xml

BULK = f".//{{{NAMESPACE}}}BulkData"


@pytest.fixture
def image(tmp_path):
    pixels = bytes(range(256)) * 8
    return write(ct_image(PatientName="Müller", PixelData=pixels), tmp_path / "image.dcm")


def at_uri(uri):
    """The bytes that a URI of a place in a file leads to."""
    parts = urlsplit(uri)
    asked = parse_qs(parts.query)
    offset, length = int(asked["offset"][0]), int(asked["length"][0])
    with open(parts.path, "rb") as file:
        file.seek(offset)
        return file.read(length)


def test_json_has_a_line_for_each_attribute_and_large_values_by_their_place(command, image):
    done = command("json", "image.dcm")
    assert (done.code, done.err) == (0, "")
    assert '  "00100010":{"vr":"PN","Value":[{"Alphabetic":"Müller"}]},' in done.out.splitlines()
    model = json.loads(done.out)
    assert at_uri(model["7FE00010"]["BulkDataURI"]) == bytes(range(256)) * 8


def test_json_all_is_the_whole_file(command, image):
    done = command("json", "image.dcm", "--all", "--compact")
    assert len(done.out.splitlines()) == 1
    assert read_json(done.out)["PixelData"] == read_file(image).data_set["PixelData"]


def test_xml_has_large_values_by_their_place(command, image):
    done = command("xml", "image.dcm")
    assert (done.code, done.err) == (0, "")
    uri = ElementTree.fromstring(done.out).find(BULK).attrib["uri"]
    assert at_uri(uri) == bytes(range(256)) * 8


def test_xml_all_is_the_whole_file(command, image):
    done = command("xml", "image.dcm", "--all")
    read = read_xml(done.out.encode(), strict=True)
    assert read["PixelData"] == read_file(image).data_set["PixelData"]
    assert read["PatientName"].family == "Müller"


def test_of_a_deflated_file_nothing_has_a_place(command, image):
    write(ct_image(PixelData=bytes(4096)), image, DeflatedExplicitVRLittleEndian)
    assert "InlineBinary" in json.loads(command("json", "image.dcm").out)["7FE00010"]


def test_xml_tells_what_it_cannot_hold(command, image):
    write(ct_image(StudyDescription="a\fb"), image)
    done = command("xml", "image.dcm")
    assert done.code == 0
    assert "a character that XML cannot hold is replaced at (0008,1030)" in done.err


@pytest.mark.parametrize("name", ["json", "xml"])
def test_a_file_that_is_none_gives_1_and_one_that_is_not_there_2(command, tmp_path, name):
    (tmp_path / "notes.txt").write_text("Not DICOM at all, and long enough to look at.")
    done = command(name, "notes.txt")
    assert (done.code, done.out) == (1, "")
    assert done.err.startswith("filmroom: [-800]")
    assert command(name, "none.dcm").code == 2
