"""Whatever is planted, wherever it stands: no byte of it is in the file that comes out."""

import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from identifiable import SECRET, ct_image, item

from filmroom.deidentification import Deidentifier, Option, OutcomeKind, Profile, deidentify_file
from filmroom.deidentification._actions import ACTIONS
from filmroom.deidentification.beyond import ACTIONS_BEYOND
from filmroom.deidentification.identity import IDENTIFIERS
from filmroom.dicom import (
    VR,
    DataSet,
    Element,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    encode_bytes,
    file_meta,
    lookup,
)
from filmroom.dicom._elements import ELEMENTS

MARKERS = ("Zaphodq", "Zäphödq")
NAME = "Trillianq"
"""In names, so that looking for these does not hide that another marker came through."""
BULK = frozenset({VR.OB, VR.OW, VR.UN})
TEXT = frozenset(vr for vr in VR if vr.facts.is_text)
KEPT_ALIVE = {0x00080005, 0x00080016, 0x00080018}
"""Without these the object cannot be read or written at all."""


def tags_of(tags, vrs):
    found = []
    for tag in sorted(tags):
        entry = lookup(tag)
        if tag > 0x00080000 and tag not in KEPT_ALIVE and entry and entry.vrs[:1]:
            found += [(tag, entry.vrs[0])] if entry.vrs[0] in vrs else []
    return found


LISTED = tags_of(ACTIONS.keys() | ACTIONS_BEYOND.keys(), TEXT | BULK)
EVERYTHING = tags_of(ELEMENTS, TEXT)
SEQUENCES = tags_of(ELEMENTS, {VR.SQ})
REPEATING = [
    (0x60000022, VR.LO), (0x60001500, VR.LO), (0x60024000, VR.LT), (0x60003000, VR.OW),
    (0x50000030, VR.SH), (0x50022500, VR.LO), (0x50003000, VR.OW),
]  # fmt: skip
PRIVATE = [(0x00091001, VR.LO), (0x00091002, VR.OB), (0x00290020, VR.LO), (0x70531001, VR.ST)]
CLEANING = [option for option in Option if option.startswith("clean-")]
OPTIONS = [*CLEANING, Option.RETAIN_MODIFIED_DATES, Option.RETAIN_UIDS, Option.RETAIN_SAFE_PRIVATE]
SYNTAXES = [ExplicitVRLittleEndian, ImplicitVRLittleEndian, ExplicitVRBigEndian]


def plant(data_set, rows, marker, name=None):
    """``marker`` in every attribute, ``name`` in those that tell what else to look for."""
    for tag, vr in rows:
        text = name if name and (vr is VR.PN or tag in IDENTIFIERS) else marker
        raw = text.encode("latin_1") + b" " * (len(text) % 2)
        data_set.add(Element(tag, vr, raw))
        if tag & 0x10000 and tag & 0xFFFF > 0xFF:
            data_set.set(tag & 0xFFFF0000 | 0x10, VR.LO, "Philips PET Private Group")


@st.composite
def planted(draw, rows, depth=2):
    """Rows of attributes at the top and, in sequences in sequences, below it."""
    row = st.one_of(*map(st.sampled_from, rows))
    own = draw(st.lists(row, min_size=1, max_size=25, unique=True))
    below = {}
    if depth:
        for tag, _ in draw(st.lists(st.sampled_from(SEQUENCES), max_size=2, unique=True)):
            below[tag] = draw(planted(rows, depth - 1))
    return own, below


def fill(data_set, plan, marker, name=None):
    own, below = plan
    plant(data_set, own, marker, name)
    for tag, inner in below.items():
        nested = DataSet(data_set.transfer_syntax)
        nested.parent = data_set
        fill(nested, inner, marker, name)
        data_set.set(tag, VR.SQ, [nested])


def comes_out(given, options, syntax, marker):
    """The bytes of the file that comes out, from one with the marker before and behind too."""
    raw = marker.encode("latin_1")
    meta = file_meta("1.2.3.4", "1.2.3.4", syntax.uid, source_ae="ZAPHODQ")
    head = raw.ljust(128, b" ") + meta[128:]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "in.dcm")
        path.write_bytes(head + encode_bytes(given, syntax))
        deidentifier = Deidentifier(Profile(frozenset(options)), secret=SECRET, burned_in="warn")
        (out := Path(folder, "out")).mkdir()
        outcome = deidentify_file(deidentifier, path, out)
        assert outcome.kind is OutcomeKind.WRITTEN, outcome.error
        assert raw.lower() not in outcome.output.lower().encode()
        return (out / outcome.output).read_bytes(), raw


def base(**attributes):
    """An object of a class whose types are known, without anything of a person."""
    return item(
        SpecificCharacterSet="ISO_IR 100",
        SOPClassUID="1.2.840.10008.5.1.4.1.1.2",
        SOPInstanceUID="1.2.3.4",
        StudyInstanceUID="1.2.3",
        **attributes,
    )


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(
    plan=planted((LISTED, REPEATING, PRIVATE)),
    options=st.lists(st.sampled_from(OPTIONS), max_size=4, unique=True),
    syntax=st.sampled_from(SYNTAXES),
    marker=st.sampled_from(MARKERS),
)
def test_nothing_that_the_tables_name_comes_through(plan, options, syntax, marker):
    given = base()
    fill(given, plan, marker, NAME)
    made, raw = comes_out(given, options, syntax, marker)
    assert raw not in made
    assert NAME.encode() not in made
    assert b"ZAPHODQ" not in made


RETAINING = [option for option in Option if option is not Option.RETAIN_FULL_DATES]


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(
    plan=planted((EVERYTHING, REPEATING[:3], PRIVATE)),
    options=st.lists(st.sampled_from(RETAINING), max_size=6, unique=True),
    syntax=st.sampled_from(SYNTAXES),
    marker=st.sampled_from(MARKERS),
)
def test_the_name_of_the_patient_comes_through_nowhere(plan, options, syntax, marker):
    """Not even in attributes that stay, nor retained by an option."""
    given = base(PatientName=f"{marker}^Ann", Manufacturer=f"made for {marker.upper()}")
    fill(given, plan, marker)
    made, raw = comes_out(given, options, syntax, marker)
    assert raw not in made
    assert raw.upper() not in made


@pytest.mark.parametrize("option", [None, *OPTIONS])
def test_all_attributes_of_the_tables_at_once(option):
    marker = MARKERS[0]
    given = base()
    plant(given, LISTED + REPEATING + PRIVATE, marker, NAME)
    made, raw = comes_out(given, [option] if option else [], ExplicitVRLittleEndian, marker)
    assert raw not in made
    assert NAME.encode() not in made
    assert len(given) > 500


def test_references_in_a_study_still_resolve():
    """What refers to an instance refers to it still, from other objects and by other attributes."""
    image = ct_image()
    state = ct_image(
        SOPClassUID="1.2.840.10008.5.1.4.1.1.11.1",
        SOPInstanceUID="1.2.3.5",
        ReferencedSeriesSequence=(
            item(
                SeriesInstanceUID="1.2.3.1",
                ReferencedImageSequence=(item(ReferencedSOPInstanceUID="1.2.3.4"),),
            ),
        ),
    )
    deidentifier = Deidentifier(secret=SECRET)
    first, second = (deidentifier.apply(given).data_set for given in (image, state))
    (series,) = second["ReferencedSeriesSequence"]
    assert series["SeriesInstanceUID"] == first["SeriesInstanceUID"]
    (reference,) = series["ReferencedImageSequence"]
    assert reference["ReferencedSOPInstanceUID"] == first["SOPInstanceUID"]
    for keyword in ("StudyInstanceUID", "FrameOfReferenceUID", "PatientID"):
        assert first[keyword] == second[keyword]
