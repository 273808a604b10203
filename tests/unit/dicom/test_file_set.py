"""File IDs, and the files that they name below a folder and nowhere else (PS3.10 §8.2)."""

import pytest

from filmroom.dicom.file_set import FileSetFolder, find_dicomdir, is_file_id, is_file_set_id


@pytest.mark.parametrize(
    ("components", "expected"),
    [
        (("A",), True),
        (("DIR_1", "ABCDEFGH"), True),
        (tuple("ABCDEFGH"), True),
        ((), False),
        (tuple("ABCDEFGHI"), False),
        (("ABCDEFGHI",), False),
        (("a",), False),
        (("A.B",), False),
        (("A B",), False),
        (("", "A"), False),
        (("Ä",), False),
    ],
)
def test_file_ids(components, expected):
    assert is_file_id(components) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("", True), ("A_1", True), ("A" * 16, True), ("A" * 17, False), ("A B", False), ("a", False)],
)
def test_file_set_ids(text, expected):
    assert is_file_set_id(text) is expected


@pytest.fixture
def folder(tmp_path):
    root = tmp_path / "disc"
    for name in ("DICOM/IM1", "dicom2/im2.;1", "Mixed/Im3.dcm", "Mixed/IM4", "Mixed/im4", "X/IM5."):
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    (tmp_path / "SECRET").touch()
    return root


@pytest.mark.parametrize(
    ("file_id", "found"),
    [
        ("DICOM/IM1", "DICOM/IM1"),
        ("DICOM2/IM2", "dicom2/im2.;1"),
        ("MIXED/IM3", "Mixed/Im3.dcm"),
        ("MIXED/IM4", "Mixed/IM4"),
        ("X/IM5", "X/IM5."),
        ("DICOM/NONE", None),
        ("NONE/IM1", None),
        ("DICOM", None),
        ("DICOM/IM1/IM1", None),
    ],
)
def test_names_are_met_with_patience(folder, file_id, found):
    path = FileSetFolder(folder).find(file_id.split("/"))
    assert path == (None if found is None else folder / found)


@pytest.mark.parametrize(
    "file_id",
    [
        (),
        ("..", "SECRET"),
        (".", "DICOM", "IM1"),
        ("DICOM", "..", "DICOM", "IM1"),
        ("DICOM", ".."),
        ("", "DICOM", "IM1"),
        ("/", "etc", "passwd"),
        ("DICOM/IM1",),
        ("..\\SECRET",),
        ("DICOM", "IM1\0"),
        tuple("A" * 100),
    ],
)
def test_nothing_leads_out_of_the_folder(folder, file_id):
    assert FileSetFolder(folder).find(file_id) is None


def test_links_out_of_the_folder_are_not_followed(folder):
    (folder / "LINK").symlink_to(folder.parent / "SECRET")
    (folder / "UP").symlink_to(folder.parent)
    (folder / "INSIDE").symlink_to(folder / "DICOM" / "IM1")
    found = FileSetFolder(folder)
    assert found.find(["LINK"]) is None
    assert found.find(["UP", "SECRET"]) is None
    assert found.find(["INSIDE"]) == folder / "INSIDE"


@pytest.mark.parametrize("name", ["DICOMDIR", "dicomdir", "Dicomdir", "DICOMDIR.;1"])
def test_a_dicomdir_in_any_case(tmp_path, name):
    (tmp_path / name).touch()
    assert find_dicomdir(tmp_path) == tmp_path / name


def test_no_dicomdir(tmp_path):
    (tmp_path / "DICOMDIR2").touch()
    (tmp_path / "DICOMDIR").mkdir()
    assert find_dicomdir(tmp_path) is None
    assert find_dicomdir(tmp_path / "none") is None
