import pytest
from identifiable import item

from filmroom.deidentification._actions import ACTIONS
from filmroom.deidentification.beyond import ACTIONS_BEYOND
from filmroom.deidentification.dummies import dummy_document, dummy_items, dummy_values
from filmroom.dicom import VR, Element, lookup
from filmroom.dicom.validation import Severity, validate

WITH_DUMMY = [
    (tag, lookup(tag).vrs[0])
    for tag, row in (ACTIONS | ACTIONS_BEYOND).items()
    if "D" in row[0].split("/")
]
GONE_THROUGH = {0x00081111, 0x00340001, 0x0040A073}
"""Sequences in whose items all that identifies has an action of its own."""


@pytest.mark.parametrize("vr", [vr for vr in VR if vr not in (VR.SQ, VR.UI)])
def test_a_dummy_fits_its_vr(vr):
    raw = Element.of(0x00091001, vr, dummy_values(0x00091001, vr)).raw
    assert len(raw) > 0
    assert len(raw) % 2 == 0
    if vr.facts.max_length and vr.facts.is_text:
        assert len(bytes(raw).rstrip()) <= vr.facts.max_length


@pytest.mark.parametrize(("tag", "vr"), WITH_DUMMY)
def test_every_attribute_that_may_need_one_has_one(tag, vr):
    if vr is VR.SQ:
        assert (dummy_items(tag, ()) is None) == (tag in GONE_THROUGH)
    elif vr is not VR.UI:
        assert dummy_values(tag, vr)


def test_an_enumerated_value_stays_one():
    assert dummy_values(0x04000565, VR.CS) == ("CORRECT",)


def test_an_annotation_keeps_its_layer():
    (made,) = dummy_items(0x00700001, [item(GraphicLayer="MARKS")])
    assert made["GraphicLayer"] == "MARKS"
    assert dummy_items(0x00700001, [])[0]["GraphicLayer"]


@pytest.mark.parametrize(
    ("mime_type", "start"),
    [("application/pdf", b"%PDF"), ("TEXT/XML ", b"<?xml"), ("model/stl", b"\0\0")],
)
def test_an_empty_document_is_of_its_kind(mime_type, start):
    assert dummy_document(mime_type).startswith(start)


def test_the_table_of_the_empty_pdf_is_true():
    document = dummy_document("application/pdf")
    start = int(document.split(b"startxref\n")[1].split()[0])
    assert document[start:].startswith(b"xref")
    offsets = [int(line[:10]) for line in document[start:].splitlines()[3:6]]
    for number, offset in enumerate(offsets, 1):
        assert document[offset:].startswith(b"%d 0 obj" % number)


def test_values_of_dummies_are_valid():
    made = item()
    for tag, vr in WITH_DUMMY:
        if vr not in (VR.SQ, VR.UI):
            made.add(Element.of(tag, vr, dummy_values(tag, vr)))
    made["SOPClassUID"] = "1.2.840.10008.5.1.4.1.1.66"
    complaints = [
        finding
        for finding in validate(made).findings
        if finding.severity is Severity.ERROR and finding.section.startswith("PS3.5")
    ]
    assert complaints == []
