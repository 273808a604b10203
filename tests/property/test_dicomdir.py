"""DICOMDIRs: what is written is read as it was, and damaged ones give data errors only."""

from hypothesis import given, settings
from hypothesis import strategies as st

from filmroom.dicom import DataSet, ExplicitVRLittleEndian, uid_for
from filmroom.dicom.dicomdir import read_directory
from filmroom.dicom.dicomdir_writer import DirectoryWriter
from filmroom.errors import DataError

CLASSES = ["CTImageStorage", "EnhancedSRStorage", "RTDoseStorage", "ColorPaletteStorage"]
_places = st.tuples(
    st.integers(1, 3), st.integers(1, 3), st.integers(1, 3), st.sampled_from(CLASSES)
)
_text = st.text(st.characters(exclude_categories=["C", "Z"], exclude_characters="\\^="), max_size=8)


def image(number: int, place: tuple, name: str) -> DataSet:
    patient, study, series, sop_class = place
    ds = DataSet()
    ds["SpecificCharacterSet"] = "ISO_IR 192"
    ds["SOPClassUID"], ds["SOPInstanceUID"] = uid_for(sop_class), f"1.9.{number}"
    ds["PatientID"], ds["PatientName"] = f"P{patient}", name
    ds["StudyInstanceUID"] = f"1.{patient}.{study}"
    ds["SeriesInstanceUID"] = f"1.{patient}.{study}.{series}"
    return ds


def path_of(place: tuple) -> tuple:
    patient, study, series, sop_class = place
    if sop_class == "ColorPaletteStorage":
        return ()
    return f"P{patient}", f"1.{patient}.{study}", f"1.{patient}.{study}.{series}"


def paths(records, above=()) -> dict:
    """Where each referenced instance stands in a tree."""
    found = {}
    for record in records:
        keys = record.keys
        if record.file_id:
            found[record.sop_instance_uid] = above
        else:
            tags = {"PATIENT": 0x00100020, "STUDY": 0x0020000D, "SERIES": 0x0020000E}
            step = keys.text(tags[record.record_type])
            found |= paths(record.children, (*above, step))
    return found


@given(st.lists(st.tuples(_places, _text), max_size=12))
def test_every_object_stands_below_its_series_study_and_patient(tmp_path_factory, objects):
    writer = DirectoryWriter()
    for number, (place, name) in enumerate(objects):
        writer.add(image(number, place, name), ExplicitVRLittleEndian.uid)
    folder = tmp_path_factory.mktemp("set")
    directory = read_directory(writer.write(folder), strict=True)
    expected = {f"1.9.{number}": path_of(place) for number, (place, _) in enumerate(objects)}
    assert paths(directory.records) == expected


def directory_bytes() -> bytes:
    writer = DirectoryWriter()
    for number in range(6):
        place = 1 + number % 2, 1, 1 + number % 3, CLASSES[number % 3]
        writer.add(image(number, place, "A"), ExplicitVRLittleEndian.uid)
    return b"".join(bytes(piece) for piece in writer.pieces())


SOUND = directory_bytes()
damage = st.lists(
    st.tuples(st.integers(0, len(SOUND)), st.binary(min_size=1, max_size=6), st.booleans()),
    max_size=5,
)


@settings(max_examples=200)
@given(damage, st.integers(0, len(SOUND)), st.booleans())
def test_a_damaged_one_gives_data_errors_only(tmp_path_factory, changes, end, strict):
    data = bytearray(SOUND)
    for at, piece, over in changes:
        data[at : at + (len(piece) if over else 0)] = piece
    path = tmp_path_factory.getbasetemp() / "DICOMDIR"
    path.write_bytes(bytes(data[: end or len(data)]))
    try:
        directory = read_directory(path, strict=strict)
        records = list(directory.walk())
    except DataError:
        return
    assert len({id(record) for record in records}) == len(records)
    for record in records:
        assert all(isinstance(component, str) for component in record.file_id)
