"""Reading directory records as a tree: by their offsets, and where these are wrong by order."""

import pytest

from filmroom.dicom import VR, DataSet, ExplicitVRLittleEndian, encode_bytes, file_meta
from filmroom.dicom.dicomdir import MEDIA_STORAGE_DIRECTORY, read_directory
from filmroom.errors import DataError, InvalidDicomFile

NEXT, LOWER = 0x00041400, 0x00041420


def entry(record_type, file_id=None, *, after=None, lower=None, in_use=0xFFFF, **offsets):
    """A record; ``after`` and ``lower`` are the numbers of the records that it leads to."""
    record = DataSet()
    record.set(NEXT, VR.UL, 0)
    record.set(0x00041410, VR.US, in_use)
    record.set(LOWER, VR.UL, 0)
    record.set(0x00041430, VR.CS, record_type)
    if file_id:
        record.set(0x00041500, VR.CS, tuple(file_id.split("/")))
        record.set(0x00041511, VR.UI, "1.2")
    return record, {NEXT: after, LOWER: lower, **{int(k[1:], 16): v for k, v in offsets.items()}}


def written(tmp_path, *entries, first=0, meta=None):
    """A DICOMDIR of ``entries``; links to no record are given as negative numbers, as they are."""
    directory = DataSet()
    directory.set(0x00041130, VR.CS, "SET")
    directory.set(0x00041200, VR.UL, 0)
    meta = meta or file_meta(MEDIA_STORAGE_DIRECTORY, "1.2.3", ExplicitVRLittleEndian.uid)
    place = len(meta) + len(encode_bytes(directory, ExplicitVRLittleEndian)) + 12
    places = []
    for record, links in entries:
        for tag in links:
            record.set(tag, VR.UL, 0)
        places.append(place)
        place += len(encode_bytes(record, ExplicitVRLittleEndian)) + 16

    def offset(number):
        return 0 if number is None else places[number] if number >= 0 else -number

    for record, links in entries:
        for tag, number in links.items():
            record.set(tag, VR.UL, offset(number))
    directory.set(0x00041200, VR.UL, offset(first))
    directory.set(0x00041220, VR.SQ, [record for record, _ in entries])
    path = tmp_path / "DICOMDIR"
    path.write_bytes(meta + encode_bytes(directory, ExplicitVRLittleEndian))
    return path


def drawn(records) -> str:
    """A tree on one line: ``PATIENT(STUDY(SERIES(A/1 A/2)))``."""
    return " ".join(
        ("/".join(record.file_id) or record.record_type)
        + (f"({drawn(record.children)})" if record.children else "")
        for record in records
    )


def tree(path, **options):
    directory = read_directory(path, **options)
    return drawn(directory.records), [issue.message for issue in directory.issues]


SOUND = "PATIENT(STUDY(SERIES(A/1 A/2)) STUDY) PATIENT"


def sound():
    return [
        entry("PATIENT", lower=1, after=6),
        entry("STUDY", lower=2, after=5),
        entry("SERIES", lower=3),
        entry("IMAGE", "A/1", after=4),
        entry("IMAGE", "A/2"),
        entry("STUDY"),
        entry("PATIENT"),
    ]


def test_offsets_make_the_tree(tmp_path):
    assert tree(written(tmp_path, *sound()), strict=True) == (SOUND, [])


def test_what_a_directory_and_a_record_say(tmp_path):
    directory = read_directory(written(tmp_path, *sound()))
    assert (directory.file_set_id, directory.file_set_uid) == ("SET", "1.2.3")
    image = next(record for record in directory.walk() if record.file_id)
    assert (image.record_type, image.file_id) == ("IMAGE", ("A", "1"))
    assert (image.sop_instance_uid, image.sop_class_uid) == ("1.2", "")
    assert [record.record_type for record in directory.records[0].walk()] == [
        *("PATIENT", "STUDY", "SERIES", "IMAGE", "IMAGE", "STUDY"),
    ]


def test_the_order_in_the_sequence_does_not_matter(tmp_path):
    records = [
        entry("IMAGE", "A/2"),
        entry("SERIES", lower=4),
        entry("STUDY", lower=1),
        entry("PATIENT", lower=2),
        entry("IMAGE", "A/1", after=0),
    ]
    shown = tree(written(tmp_path, *records, first=3), strict=True)
    assert shown == ("PATIENT(STUDY(SERIES(A/1 A/2)))", [])


def test_an_empty_directory(tmp_path):
    assert tree(written(tmp_path, first=None)) == ("", [])


def test_offsets_of_zero_are_made_up_for_by_order(tmp_path):
    records = [
        entry(kind, file_id)
        for kind, file_id in [
            ("PATIENT", None),
            ("STUDY", None),
            ("SERIES", None),
            ("IMAGE", "A/1"),
            ("SR DOCUMENT", "A/2"),
            ("STUDY", None),
            ("PATIENT", None),
        ]
    ]
    shown, issues = tree(written(tmp_path, *records, first=None))
    assert shown == SOUND
    assert issues == ["7 directory records that no offset leads to"]


def test_an_offset_that_leads_nowhere_loses_nothing(tmp_path):
    records = sound()
    records[0] = entry("PATIENT", lower=1, after=-5)
    records[3] = entry("IMAGE", "A/1", after=-7)
    shown, issues = tree(written(tmp_path, *records))
    assert shown == SOUND
    assert issues == [
        "an offset that leads to no directory record",
        "an offset that leads to no directory record",
        "2 directory records that no offset leads to",
    ]


@pytest.mark.parametrize("back", [0, 1, 2, 3, 4])
def test_circles_end(tmp_path, back):
    records = sound()
    records[4] = entry("IMAGE", "A/2", after=back, lower=back)
    shown, issues = tree(written(tmp_path, *records))
    assert shown == SOUND
    assert set(issues) == {"directory records in a circle"}


def test_records_in_a_circle_that_nothing_leads_to(tmp_path):
    records = [entry("PATIENT"), entry("STUDY", after=2), entry("STUDY", after=1)]
    shown, _ = tree(written(tmp_path, *records))
    assert shown == "PATIENT(STUDY STUDY)"


def test_defects_raise_when_strict(tmp_path):
    records = sound()
    records[3] = entry("IMAGE", "A/1", after=-7)
    with pytest.raises(DataError):
        read_directory(written(tmp_path, *records), strict=True)


def test_a_record_that_is_no_longer_in_use_is_passed_over_with_what_is_below(tmp_path):
    records = sound()
    records[1] = entry("STUDY", lower=2, after=5, in_use=0)
    shown, _ = tree(written(tmp_path, *records))
    assert shown == "PATIENT(STUDY) PATIENT"


def test_any_other_flag_is_in_use(tmp_path):
    """PS3.3 Table F.3-3: other values are to be read as FFFFH."""
    records = sound()
    records[1] = entry("STUDY", lower=2, after=5, in_use=1)
    assert tree(written(tmp_path, *records)) == (SOUND, [])


def test_a_multi_referenced_file_is_found(tmp_path):
    records = [entry("PATIENT", lower=2), entry("MRDR", "B/9"), entry("IMAGE", x00041504=1)]
    assert tree(written(tmp_path, *records))[0] == "PATIENT(B/9)"


def test_a_file_id_with_slashes_is_understood(tmp_path):
    image, links = entry("IMAGE", "X")
    image.set(0x00041500, VR.LO, "A/B/1")
    path = written(tmp_path, entry("PATIENT", lower=1), (image, links))
    assert tree(path) == ("PATIENT(A/B/1)", ["a File ID with slashes"])
    assert list(read_directory(path).walk())[1].file_id == ("A", "B", "1")


def test_a_long_chain_needs_no_deep_stack(tmp_path):
    count = 3000
    records = [entry("PRIVATE", lower=number + 1) for number in range(count - 1)]
    directory = read_directory(written(tmp_path, *records, entry("PRIVATE")))
    assert sum(1 for _ in directory.walk()) == count


def test_another_object_is_no_dicomdir(tmp_path):
    path = tmp_path / "image"
    ds = DataSet()
    ds["Modality"] = "CT"
    meta = file_meta("1.2", "1.3", ExplicitVRLittleEndian.uid)
    path.write_bytes(meta + encode_bytes(ds, ExplicitVRLittleEndian))
    with pytest.raises(InvalidDicomFile, match="no DICOMDIR"):
        read_directory(path)
