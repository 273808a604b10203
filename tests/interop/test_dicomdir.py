"""DICOMDIRs of peers read, ours read by peers: pydicom's FileSet, DCMTK's dcmmkdir and dcmdump."""

import subprocess
import warnings
from collections import Counter
from pathlib import Path

import pydicom
import pytest
from objects import ct_image, write
from processes import require
from pydicom.dataset import Dataset
from pydicom.fileset import DIRECTORY_RECORDERS, FileSet

from filmroom.dicom import VR, DataSet, ExplicitVRLittleEndian, lookup, read_file, tag_for, uid_for
from filmroom.dicom.dicomdir import read_directory
from filmroom.dicom.dicomdir_records import RECORD_KEYS, record_type_of
from filmroom.dicom.dicomdir_writer import DirectoryWriter
from filmroom.dicom.file_set import FileSetFolder

FOLDER = Path(pydicom.__file__).parent / "data" / "test_files" / "dicomdirtests"


def shape(records) -> list:
    """A tree of types and File IDs, of our records or of pydicom's nodes."""
    return [(record.record_type, shape(record.children), file_id_of(record)) for record in records]


def file_id_of(record) -> tuple[str, ...]:
    if isinstance(getattr(record, "file_id", None), tuple):
        return record.file_id
    return tuple(pydicom_file_id(record))


def pydicom_file_id(node) -> list[str]:
    value = node._record.get("ReferencedFileID") or []
    return [value] if isinstance(value, str) else list(value)


def opened_by_pydicom(path: Path) -> FileSet:
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)
        return FileSet(path)


class TestOfPydicom:
    @pytest.mark.parametrize(
        ("name", "types"),
        [
            ("DICOMDIR", {"PATIENT": 2, "STUDY": 6, "SERIES": 13, "IMAGE": 31}),
            ("DICOMDIR-reordered", {"PATIENT": 2, "STUDY": 6, "SERIES": 13, "IMAGE": 31}),
            ("DICOMDIR-implicit", {"PATIENT": 2, "STUDY": 6, "SERIES": 13, "IMAGE": 31}),
            ("DICOMDIR-bigEnd", {"PATIENT": 2, "STUDY": 6, "SERIES": 13, "IMAGE": 31}),
            ("DICOMDIR-nooffset", {"PATIENT": 2, "STUDY": 6, "SERIES": 13, "IMAGE": 31}),
            ("DICOMDIR-nopatient", {"UNKNOWN": 2, "STUDY": 6, "SERIES": 13, "IMAGE": 31}),
            ("DICOMDIR-empty.dcm", {}),
            ("TINY_ALPHA/DICOMDIR", {"PATIENT": 1, "STUDY": 1, "SERIES": 1, "IMAGE": 50}),
        ],
    )
    def test_every_record_and_every_file_is_found(self, name, types):
        directory = read_directory(FOLDER / name)
        records = list(directory.walk())
        assert Counter(record.record_type for record in records) == types
        files = FileSetFolder((FOLDER / name).parent)
        for record in records:
            if record.file_id:
                path = files.find(record.file_id)
                assert path is not None
                assert read_file(path).data_set.text("SOPInstanceUID") == record.sop_instance_uid

    @pytest.mark.parametrize("name", ["DICOMDIR", "DICOMDIR-reordered", "TINY_ALPHA/DICOMDIR"])
    def test_the_tree_is_pydicoms(self, name):
        directory = read_directory(FOLDER / name, strict=True)
        assert shape(directory.records) == shape(opened_by_pydicom(FOLDER / name)._tree.children)


@pytest.fixture(scope="module")
def disc(tmp_path_factory):
    """Files of two patients under File IDs."""
    folder = tmp_path_factory.mktemp("disc")
    number = 0
    for patient, study, series, instances in [
        (1, 1, 1, 3),
        (1, 1, 2, 1),
        (1, 2, 1, 2),
        (2, 3, 1, 2),
    ]:
        for instance in range(1, instances + 1):
            number += 1
            image = ct_image(
                *(patient, study, series, instance), PatientName="Müller^Jörg", StudyDescription="ü"
            )
            write(image, folder / "DICOM" / f"D{series}" / f"IM{number:03}")
    return folder


def without_names(records) -> list:
    return [(record.record_type, without_names(record.children)) for record in records]


@pytest.mark.parametrize("tool", ["dcmmkdir", "dcmgpdir"])
def test_a_dicomdir_of_dcmtk_is_read_strictly(disc, tmp_path, tool):
    options = ["-nb"] if tool == "dcmgpdir" else ["-Nxc"]
    command = [require(tool), "+D", tmp_path / "DICOMDIR", "+id", disc, "+r", "+I", *options]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    directory = read_directory(tmp_path / "DICOMDIR", strict=True)
    assert without_names(directory.records) == without_names(ours(disc, tmp_path / "ours").records)
    files = FileSetFolder(disc)
    named = [record for record in directory.walk() if record.file_id]
    assert len(named) == 8
    assert all(files.find(record.file_id) for record in named)


def ours(disc: Path, target: Path):
    """Our directory of the files of ``disc``, written into ``target``."""
    writer = DirectoryWriter(file_set_id="OURS")
    for path in sorted(disc.rglob("IM*")):
        file = read_file(path)
        file_id = path.relative_to(disc).parts
        assert writer.add(file.data_set, file.transfer_syntax.uid, file_id) == file_id
    target.mkdir()
    return read_directory(writer.write(target), strict=True)


@pytest.fixture(scope="module")
def folder(disc, tmp_path_factory):
    folder = tmp_path_factory.mktemp("ours") / "set"
    ours(disc, folder)
    for path in disc.rglob("IM*"):
        copy = folder / path.relative_to(disc)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(path.read_bytes())
    return folder


def test_pydicom_opens_it_and_loads_every_file(folder):
    files = opened_by_pydicom(folder / "DICOMDIR")
    assert (files.ID, len(files)) == ("OURS", 8)
    assert {str(instance.load().PatientName) for instance in files} == {"Müller^Jörg"}
    assert files.find_values("StudyDescription") == ["ü"]
    assert len(files.find(PatientID="P1")) == 6


def test_pydicom_sees_the_same_tree(folder):
    directory = read_directory(folder / "DICOMDIR")
    nodes = opened_by_pydicom(folder / "DICOMDIR")._tree.children
    assert shape(directory.records) == shape(nodes)


def test_dcmdump_reads_it_without_a_word(folder):
    command = [require("dcmdump"), "+E", "+U8", folder / "DICOMDIR"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    assert done.stderr == ""
    assert done.stdout.count("DirectoryRecordType") == 2 + 3 + 4 + 8


def test_dcmmkdir_appends_to_it(folder, tmp_path):
    """Which it does only after its own check of the records and offsets."""
    copy = tmp_path / "set"
    write(ct_image(3, 4, 1, 1), copy / "NEW" / "IM1")
    for path in folder.rglob("*"):
        if path.is_file():
            target = copy / path.relative_to(folder)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(path.read_bytes())
    command = [
        *(require("dcmmkdir"), "+A", "+D", copy / "DICOMDIR", "+id", copy, "-Nxc", "+I"),
        "NEW/IM1",
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    directory = read_directory(copy / "DICOMDIR", strict=True)
    assert sum(1 for record in directory.walk() if record.file_id) == 9


BY_TYPE = {
    record_type_of(uid): uid
    for keyword in (
        *("RTDose", "RTStructureSet", "RTPlan", "RTBeamsTreatmentRecord", "RawData", "EnhancedSR"),
        *("GrayscaleSoftcopyPresentationState", "GeneralECGWaveform", "SpatialRegistration"),
        *("KeyObjectSelectionDocument", "MRSpectroscopy", "SpatialFiducials", "EncapsulatedPDF"),
        *("RealWorldValueMapping", "StereometricRelationship", "ColorPalette", "CTImage"),
        *("GenericImplantTemplate", "ImplantAssemblyTemplate", "ImplantTemplateGroup"),
        *("LensometryMeasurements", "SurfaceSegmentation", "SurfaceScanMesh"),
        *("TractographyResults", "ContentAssessmentResults", "RTPhysicianIntent"),
        "RTBeamsDeliveryInstruction",
    )
    if (uid := uid_for(f"{keyword}Storage"))
}


def value_for(tag: int):
    vr = lookup(tag).vrs[0]
    values = {VR.DA: "20240101", VR.TM: "120000", VR.DT: "20240101", VR.IS: "1", VR.US: 1, VR.UL: 1}
    return values.get(vr, "ABC")


@pytest.mark.parametrize("record_type", sorted(BY_TYPE))
def test_keys_are_those_that_pydicom_writes(record_type):
    """Beside pydicom's, which were typed from the same tables by others."""
    ds, other = DataSet(), Dataset()
    for keyword, _ in RECORD_KEYS[record_type]:
        tag = tag_for(keyword)
        if lookup(tag).vrs[0] is VR.SQ:
            item, other_item = DataSet(), Dataset()
            item["RelationshipType"] = other_item.RelationshipType = "HAS CONCEPT MOD"
            ds[tag] = [item]
            setattr(other, keyword, [other_item])
        else:
            ds[tag] = value_for(tag)
            setattr(other, keyword, value_for(tag))
    ds["SOPClassUID"], ds["SOPInstanceUID"] = BY_TYPE[record_type], "1.2.3"
    ds["StudyInstanceUID"], ds["SeriesInstanceUID"] = "1.2", "1.2.1"
    ds["PatientID"], ds["StudyDate"], ds["StudyTime"], ds["StudyID"] = "1", "2024", "12", "1"
    ds["Modality"], ds["SeriesNumber"] = "OT", "1"
    writer = DirectoryWriter()
    writer.add(ds, ExplicitVRLittleEndian.uid)
    record = writer.data_set()[0x00041220][-1]
    mine = {element.keyword for element in record if element.tag.group != 4}
    theirs = DIRECTORY_RECORDERS[record_type](other)
    assert mine == {element.keyword for element in theirs}
    assert writer.issues == []
