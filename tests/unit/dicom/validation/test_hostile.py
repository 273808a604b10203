"""Whatever a data set holds, validation gives a report: any VR and any bytes in any place."""

from conforming import OBJECTS, at, make, places
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from filmroom.dicom import (
    VR,
    Element,
    ExplicitVRLittleEndian,
    encode_bytes,
    read_data_set,
)
from filmroom.dicom.validation import Report, validate
from filmroom.errors import DataError

SOURCES = {storage: encode_bytes(make(storage), ExplicitVRLittleEndian) for storage in OBJECTS}
VALUES = st.one_of(
    st.binary(max_size=24),
    st.sampled_from(
        [b"", b"0", b"1\\2\\3 ", b"\xff\xff", b"NaN ", b"1e999 ", b"\\\\\\ ", bytes(8)]
    ),
)
CHANGES = st.lists(
    st.tuples(st.integers(0, 1000), st.sampled_from([vr for vr in VR if vr is not VR.SQ]), VALUES),
    min_size=1,
    max_size=8,
)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(storage=st.sampled_from(sorted(OBJECTS)), changes=CHANGES)
def test_any_vr_and_any_bytes_in_any_place(storage, changes):
    data_set = read_data_set(SOURCES[storage], ExplicitVRLittleEndian)
    for number, vr, value in changes:
        everywhere = list(places(data_set))
        steps, tag = everywhere[number % len(everywhere)]
        at(data_set, steps).add(Element(tag, vr, value))
    report = validate(data_set)
    assert isinstance(report, Report)
    assert len(report.findings) + report.omitted == sum(report.counts.values())


@settings(max_examples=300, deadline=None)
@given(
    storage=st.sampled_from(sorted(OBJECTS)),
    flips=st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 255)), max_size=12),
    length=st.integers(0, 10_000),
)
def test_any_bytes_that_can_be_read_at_all(storage, flips, length):
    raw = bytearray(SOURCES[storage])
    for place, value in flips:
        raw[place % len(raw)] = value
    try:
        data_set = read_data_set(bytes(raw[: max(length, 8)]), ExplicitVRLittleEndian)
    except DataError:
        return
    assert isinstance(validate(data_set), Report)
