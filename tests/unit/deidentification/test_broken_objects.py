"""Whatever bytes come in: a new data set that can be written, or a DataError, and nothing else."""

import contextlib

from hypothesis import given, settings
from hypothesis import strategies as st
from identifiable import SECRET, content_item, ct_image, item, pixels

from filmroom.deidentification import Deidentifier, Option, Profile, Region
from filmroom.dicom import VR, ExplicitVRLittleEndian, encode, encode_bytes, read_data_set
from filmroom.errors import DataError

OPTIONS = [option for option in Option if option is not Option.RETAIN_FULL_DATES]


def whole():
    """An object with something for every part of the walk."""
    given = ct_image(
        AdmittingDiagnosesCodeSequence=(item(CodeValue="1", CodeMeaning="lung"),),
        ContentSequence=(content_item("DATE", "121031", Date="19600229"),),
        SequenceOfUltrasoundRegions=(
            item(
                RegionLocationMinX0=1, RegionLocationMinY0=1, RegionLocationMaxX1=5,
                RegionLocationMaxY1=5,
            ),
        ),
        CodingSchemeUID="1.2.3",
        KVP="120",
        **pixels(bits=16, stored=12),
    )  # fmt: skip
    given.set(0x00990010, VR.LO, "NQHeader")
    given.set(0x00991002, VR.UI, "1.2.3")
    for element, vr, value in (
        (0x0010, VR.US, 8),
        (0x0011, VR.US, 8),
        (0x0040, VR.CS, "R"),
        (0x0050, VR.SS, (1, 1)),
        (0x3000, VR.OW, bytes(8)),
    ):
        given.set(0x60000000 | element, vr, value)
    return given


RAW = encode_bytes(whole(), ExplicitVRLittleEndian)
changes = st.tuples(st.integers(0, len(RAW) - 1), st.integers(0, 255), st.integers(0, 3))


@settings(deadline=None, max_examples=300)
@given(st.lists(changes, min_size=1, max_size=6), st.booleans())
def test_broken_bytes_raise_data_errors_only(edits, all_options):
    raw = bytearray(RAW)
    for position, byte, removed in edits:
        raw[position : position + removed] = bytes([byte])
    deidentifier = Deidentifier(
        Profile.basic(*(OPTIONS if all_options else ())),
        secret=SECRET,
        regions=(Region(0, 0, 3, 3),),
        outside_ultrasound_regions=True,
        burned_in="warn",
    )
    with contextlib.suppress(DataError):
        source = read_data_set(bytes(raw), ExplicitVRLittleEndian)
        result = deidentifier.apply(source)
        for _ in encode(result.data_set, result.transfer_syntax):
            pass


def test_the_whole_object_passes():
    source = read_data_set(RAW, ExplicitVRLittleEndian)
    profile = Profile.basic(*OPTIONS)
    result = Deidentifier(profile, secret=SECRET, regions=(Region(0, 0, 3, 3),)).apply(source)
    assert 0x60003000 in result.data_set
    assert 0x00991002 in result.data_set
    assert {"C", "K", "U"} <= result.actions.keys()
