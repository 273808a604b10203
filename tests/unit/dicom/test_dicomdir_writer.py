"""DICOMDIRs as they are written: File IDs, offsets, keys, and what is made up (PS3.3 Annex F)."""

import pytest

from filmroom.dicom import VR, DataSet, ExplicitVRLittleEndian, read_file, uid_for
from filmroom.dicom.dicomdir import MEDIA_STORAGE_DIRECTORY, read_directory
from filmroom.dicom.dicomdir_writer import DirectoryWriter
from filmroom.errors import InvalidValue, LengthOutOfBounds, MissingRequiredTag

SYNTAX = ExplicitVRLittleEndian.uid


def image(patient="P1", study="1", series="1", instance="1", **attributes) -> DataSet:
    ds = DataSet()
    ds["SOPClassUID"] = uid_for("CTImageStorage")
    ds["SOPInstanceUID"] = f"1.2.{study}.{series}.{instance}"
    ds["StudyDate"], ds["StudyTime"] = "20240101", "120000"
    ds["Modality"] = "CT"
    ds["PatientName"], ds["PatientID"] = "Doe^Jane", patient
    ds["StudyInstanceUID"], ds["SeriesInstanceUID"] = f"1.2.{study}", f"1.2.{study}.{series}"
    ds["StudyID"], ds["SeriesNumber"], ds["InstanceNumber"] = study, series, instance
    for keyword, value in attributes.items():
        ds[keyword] = value
    return ds


def of_class(keyword: str, **attributes) -> DataSet:
    return image(SOPClassUID=uid_for(keyword), **attributes)


def written(tmp_path, *objects, **options):
    """The directory of ``objects``, read back strictly; and its writer."""
    writer = DirectoryWriter(**options)
    for ds in objects:
        writer.add(ds, SYNTAX)
    return read_directory(writer.write(tmp_path), strict=True), writer


def drawn(records) -> str:
    return " ".join(
        ("/".join(record.file_id) or record.record_type)
        + (f"({drawn(record.children)})" if record.children else "")
        for record in records
    )


def test_the_tree_and_the_file_ids(tmp_path):
    directory, writer = written(
        tmp_path,
        *(image(instance=number) for number in "12"),
        image(series="2"),
        image(study="2"),
        image("P2", study="3"),
        image(instance="3"),
    )
    first = "PA000001/ST000001/SE000001/IM00000"
    assert drawn(directory.records) == (
        f"PATIENT(STUDY(SERIES({first}1 {first}2 {first}3)"
        " SERIES(PA000001/ST000001/SE000002/IM000001))"
        " STUDY(SERIES(PA000001/ST000002/SE000001/IM000001)))"
        " PATIENT(STUDY(SERIES(PA000002/ST000001/SE000001/IM000001)))"
    )
    assert directory.issues == writer.issues == []


def test_the_file_is_a_media_storage_directory(tmp_path):
    written(tmp_path, image(), file_set_id="DISC_1", file_set_uid="1.2.3")
    file = read_file(tmp_path / "DICOMDIR", strict=True)
    assert file.meta.text("MediaStorageSOPClassUID") == MEDIA_STORAGE_DIRECTORY
    assert file.meta.text("MediaStorageSOPInstanceUID") == "1.2.3"
    assert file.transfer_syntax is ExplicitVRLittleEndian
    ds = file.data_set
    assert (ds.text("FileSetID"), ds["FileSetConsistencyFlag"]) == ("DISC_1", 0)
    first, last = ds[0x00041200], ds[0x00041202]
    assert 0 < first == last


def test_the_root_names_its_first_and_last_record(tmp_path):
    written(tmp_path, image("P1"), image("P2", study="2"), image("P3", study="3"))
    raw = (tmp_path / "DICOMDIR").read_bytes()
    ds = read_file(tmp_path / "DICOMDIR").data_set
    for tag, name in ((0x00041200, b"P1"), (0x00041202, b"P3")):
        item = raw[ds[tag] :]
        assert item.startswith(b"\xfe\xff\x00\xe0")
        assert item.index(b"PATIENT") < item.index(name) < 200


def test_an_empty_file_set(tmp_path):
    directory, _ = written(tmp_path)
    ds = read_file(tmp_path / "DICOMDIR").data_set
    assert directory.records == ()
    assert (ds[0x00041200], ds[0x00041202], ds[0x00041220]) == (0, 0, ())


def test_a_record_refers_to_its_file(tmp_path):
    directory, _ = written(tmp_path, image())
    record = list(directory.walk())[-1]
    assert record.sop_class_uid == uid_for("CTImageStorage")
    assert record.sop_instance_uid == "1.2.1.1.1"
    assert record.transfer_syntax_uid == SYNTAX
    assert record.keys[0x00041410] == 0xFFFF


def test_keys_of_patient_study_and_series(tmp_path):
    directory, _ = written(
        tmp_path, image(StudyDescription="Chest", AccessionNumber="A1", PatientSex="F")
    )
    patient, study, series, leaf = directory.walk()
    assert {e.keyword: e.text for e in patient.keys if e.tag.group != 4} == {
        "PatientName": "Doe^Jane",
        "PatientID": "P1",
    }
    assert {e.keyword: e.text for e in study.keys if e.tag.group != 4} == {
        "StudyDate": "20240101",
        "StudyTime": "120000",
        "AccessionNumber": "A1",
        "StudyDescription": "Chest",
        "StudyInstanceUID": "1.2.1",
        "StudyID": "1",
    }
    assert {e.keyword: e.text for e in series.keys if e.tag.group != 4} == {
        "Modality": "CT",
        "SeriesInstanceUID": "1.2.1.1",
        "SeriesNumber": "1",
    }
    assert {e.keyword: e.text for e in leaf.keys if e.tag.group != 4} == {"InstanceNumber": "1"}


def test_keys_of_type_2_are_there_though_empty(tmp_path):
    directory, writer = written(tmp_path, image())
    study = directory.records[0].children[0].keys
    assert study["AccessionNumber"] is None
    assert study["StudyDescription"] is None
    assert writer.issues == []


def test_of_an_sr_only_what_modifies_its_title_is_kept(tmp_path):
    modifier, other = DataSet(), DataSet()
    modifier["RelationshipType"], other["RelationshipType"] = "HAS CONCEPT MOD", "CONTAINS"
    title = DataSet()
    title["CodeMeaning"] = "Report"
    report = of_class(
        "EnhancedSRStorage",
        CompletionFlag="COMPLETE",
        VerificationFlag="UNVERIFIED",
        ContentDate="20240101",
        ContentTime="12",
        ConceptNameCodeSequence=[title],
        ContentSequence=[other, modifier],
    )
    directory, writer = written(tmp_path, report)
    keys = list(directory.walk())[-1].keys
    assert keys["ConceptNameCodeSequence"][0]["CodeMeaning"] == "Report"
    assert [item["RelationshipType"] for item in keys["ContentSequence"]] == ["HAS CONCEPT MOD"]
    assert "VerificationDateTime" not in keys
    assert writer.issues == []
    assert title.parent is report  # the object is as it was


def test_objects_without_a_patient_stand_at_the_root(tmp_path):
    palette = DataSet()
    palette["SOPClassUID"], palette["SOPInstanceUID"] = uid_for("ColorPaletteStorage"), "1.2.9"
    palette["ContentLabel"] = "HOT"
    directory, _ = written(tmp_path, palette, image())
    assert drawn(directory.records).startswith("IM000001 PATIENT(")
    assert directory.records[0].record_type == "PALETTE"


@pytest.mark.parametrize(
    ("keyword", "expected"),
    [
        ("PatientID", "UNKNOWN-1"),
        ("StudyDate", "20240203"),
        ("StudyTime", "000000"),
        ("StudyID", "1"),
        ("Modality", "OT"),
        ("SeriesNumber", "1"),
        ("InstanceNumber", "1"),
    ],
)
def test_what_a_directory_needs_is_made_up_and_told(tmp_path, keyword, expected):
    ds = image(ContentDate="20240203")
    ds[keyword] = None
    directory, writer = written(tmp_path, ds)
    assert expected in [record.keys.text(keyword) for record in directory.walk()]
    (issue,) = writer.issues
    assert issue.message.endswith("is made up")


def test_what_cannot_be_made_up_is_empty_and_told(tmp_path):
    directory, writer = written(tmp_path, of_class("RTDoseStorage"))
    assert list(directory.walk())[-1].keys["DoseSummationType"] is None
    assert [issue.tag for issue in writer.issues] == [0x3004000A]


def test_patients_without_an_id_are_told_apart_by_name(tmp_path):
    directory, _ = written(
        tmp_path,
        image("", study="1", PatientName="A"),
        image("", study="2", PatientName="B"),
        image("", study="3", PatientName="A"),
    )
    assert [len(patient.children) for patient in directory.records] == [2, 1]
    assert len({patient.keys.text("PatientID") for patient in directory.records}) == 2


def test_a_study_of_two_patients_stays_with_the_first(tmp_path):
    directory, writer = written(tmp_path, image("P1"), image("P2", instance="2"))
    assert drawn(directory.records).count("STUDY") == 1
    assert [issue.tag for issue in writer.issues] == [0x0020000D]


class TestText:
    def test_keeps_the_character_set_of_the_object_where_it_is_needed(self, tmp_path):
        directory, _ = written(
            tmp_path, image(SpecificCharacterSet="ISO_IR 100", PatientName="Müller^Jörg")
        )
        patient, study, *_ = directory.walk()
        assert patient.keys.text("PatientName") == "Müller^Jörg"
        assert patient.keys.text("SpecificCharacterSet") == "ISO_IR 100"
        assert "SpecificCharacterSet" not in study.keys

    def test_without_a_character_set_it_is_utf_8(self, tmp_path):
        directory, _ = written(tmp_path, image(PatientName="Müller"))
        patient = directory.records[0].keys
        assert (patient.text("PatientName"), patient.text(0x00080005)) == ("Müller", "ISO_IR 192")

    def test_outside_of_its_character_set_it_is_utf_8_and_told(self, tmp_path):
        directory, writer = written(
            tmp_path, image(SpecificCharacterSet="ISO_IR 100", PatientName="山田")
        )
        patient = directory.records[0].keys
        assert (patient.text("PatientName"), patient.text(0x00080005)) == ("山田", "ISO_IR 192")
        assert [issue.tag for issue in writer.issues] == [0x00080005]


class TestRefused:
    @pytest.mark.parametrize(
        "keyword", ["SOPClassUID", "SOPInstanceUID", "StudyInstanceUID", "SeriesInstanceUID"]
    )
    def test_an_object_without_uids(self, keyword):
        ds = image()
        del ds[keyword]
        with pytest.raises(MissingRequiredTag, match=keyword):
            DirectoryWriter().add(ds, SYNTAX)

    def test_a_sop_class_without_a_record(self):
        with pytest.raises(InvalidValue):
            DirectoryWriter().add(of_class("InventoryStorage"), SYNTAX)

    @pytest.mark.parametrize("file_id", [("a",), ("TOOLONGNAME",), ("DICOMDIR",)])
    def test_a_file_id_that_is_none_or_reserved(self, file_id):
        with pytest.raises(InvalidValue):
            DirectoryWriter().add(image(), SYNTAX, file_id)

    def test_a_file_id_that_is_taken(self):
        writer = DirectoryWriter()
        assert writer.add(image(), SYNTAX, ["A", "1"]) == ("A", "1")
        with pytest.raises(InvalidValue):
            writer.add(image(instance="2"), SYNTAX, ["A", "1"])

    @pytest.mark.parametrize("file_set_id", ["lower", "A" * 17, "A B"])
    def test_a_file_set_id_that_is_none(self, file_set_id):
        with pytest.raises(InvalidValue):
            DirectoryWriter(file_set_id=file_set_id)

    def test_and_leaves_no_record_behind(self, tmp_path):
        writer = DirectoryWriter()
        bad = image("P9", study="9", Modality="CT")
        bad.set(0x00200013, VR.IS, ("\xe9",))
        with pytest.raises(InvalidValue):
            writer.add(bad, SYNTAX)
        writer.add(image(), SYNTAX)
        directory = read_directory(writer.write(tmp_path), strict=True)
        assert [record.keys.text("PatientID") for record in directory.records] == ["P1"]
        writer.add(image("P9", study="9"), SYNTAX)
        directory = read_directory(writer.write(tmp_path), strict=True)
        assert drawn(directory.records).count("IM0") == 2

    def test_more_files_than_names(self, monkeypatch):
        monkeypatch.setattr("filmroom.dicom.dicomdir_writer._MOST_IN_FOLDER", 2)
        writer = DirectoryWriter()
        for number in "12":
            writer.add(image(instance=number), SYNTAX)
        with pytest.raises(LengthOutOfBounds):
            writer.add(image(instance="3"), SYNTAX)

    def test_a_directory_beyond_its_offsets(self, monkeypatch):
        monkeypatch.setattr("filmroom.dicom.dicomdir_writer._MOST_BYTES", 500)
        writer = DirectoryWriter()
        writer.add(image(), SYNTAX)
        with pytest.raises(LengthOutOfBounds):
            writer.data_set()
