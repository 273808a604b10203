"""``filmroom convert``: forms, transfer syntaxes, folders, and what is never written over."""

import os
from pathlib import Path

import pydicom
import pytest
from objects import ct_image, data_set_bytes, write

from filmroom.cli.convert_syntax import SHORT_NAMES, syntax_named
from filmroom.dicom import TRANSFER_SYNTAXES, read_file, uid_for
from filmroom.dicom.json_reader import read_json
from filmroom.dicom.xml_reader import read_xml
from filmroom.errors import ConfigurationError

SAMPLES = Path(pydicom.__file__).parent / "data" / "test_files"


@pytest.fixture
def image(tmp_path):
    return write(ct_image(PatientName="Müller^Jörg"), tmp_path / "image.dcm")


def test_dicom_to_json_to_xml_to_dicom_is_the_same_data_set(command, image, tmp_path):
    for source, target in [("image.dcm", "1.json"), ("1.json", "2.xml"), ("2.xml", "3.dcm")]:
        done = command("convert", source, target)
        assert (done.code, done.out, done.err) == (0, "1 converted, 0 failed\n", "")
    assert read_json((tmp_path / "1.json").read_bytes())["PatientName"].family == "Müller"
    assert read_xml((tmp_path / "2.xml").read_bytes())["PatientName"].family == "Müller"
    back, first = read_file(tmp_path / "3.dcm").data_set, read_file(image).data_set
    back["SpecificCharacterSet"] = "ISO_IR 100"
    assert back == first


def test_dicom_to_dicom_keeps_every_byte_of_the_data_set(command, image, tmp_path):
    assert command("convert", "image.dcm", "copy.dcm").code == 0
    assert data_set_bytes(tmp_path / "copy.dcm") == data_set_bytes(image)


@pytest.mark.parametrize("name", ["implicit", "explicit", "big-endian", "deflated"])
def test_uncompressed_syntaxes_become_one_another(command, image, tmp_path, name):
    assert command("convert", "image.dcm", "there.dcm", "--syntax", name).code == 0
    there = read_file(tmp_path / "there.dcm", strict=True)
    assert there.transfer_syntax.uid == uid_for(SHORT_NAMES[name])
    assert there.data_set == read_file(image).data_set
    assert command("convert", "there.dcm", "back.dcm", "--syntax", "explicit").code == 0
    assert data_set_bytes(tmp_path / "back.dcm") == data_set_bytes(image)


def test_the_source_ae_title_stays(command, image, tmp_path):
    data_set = pydicom.dcmread(image)
    data_set.file_meta.SourceApplicationEntityTitle = "CT1"
    data_set.save_as(image)
    command("convert", "image.dcm", "copy.dcm")
    assert read_file(tmp_path / "copy.dcm").meta.text("SourceApplicationEntityTitle") == "CT1"


class TestSyntaxNames:
    @pytest.mark.parametrize("name", SHORT_NAMES)
    def test_short_names_name_what_is_known(self, name):
        assert syntax_named(name) is syntax_named(name.upper())
        assert syntax_named(name).uid in TRANSFER_SYNTAXES

    @pytest.mark.parametrize(
        "name", ["1.2.840.10008.1.2.4.80", "JPEGLSLossless", "jpeg-ls", "JPEG-LS"]
    )
    def test_uids_and_keywords_too(self, name):
        assert syntax_named(name).uid == "1.2.840.10008.1.2.4.80"

    @pytest.mark.parametrize("name", ["none", "1.2.840.10008.1.1", "CTImageStorage", ""])
    def test_others_are_wrong(self, name):
        with pytest.raises(ConfigurationError):
            syntax_named(name)

    def test_which_is_wrong_use(self, command, image):
        done = command("convert", "image.dcm", "x.dcm", "--syntax", "none")
        assert done.code == 2
        assert "jpeg-ls" in done.err


class TestCompressed:
    FILE = SAMPLES / "JPEG2000.dcm"

    def test_goes_through_json_and_xml(self, command, tmp_path):
        for source, target in [(self.FILE, "1.json"), ("1.json", "2.xml"), ("2.xml", "3.dcm")]:
            done = command("convert", source, target)
            assert done.code == 0, done.err
        back = read_file(tmp_path / "3.dcm", strict=True)
        assert back.transfer_syntax.uid == "1.2.840.10008.1.2.4.91"
        first = read_file(self.FILE).data_set
        assert back.data_set["PixelData"] == first["PixelData"]
        assert 0x00020010 not in back.data_set

    def test_out_of_a_model_that_does_not_say_how_it_wants_to_be_told(self, command, tmp_path):
        model = tmp_path / "image.json"
        model.write_text(command("json", self.FILE, "--all").out)
        done = command("convert", "image.json", "image.dcm")
        assert done.code == 1
        assert "--syntax" in done.err
        done = command("convert", "image.json", "image.dcm", "--syntax", "JPEG2000")
        assert done.code == 0
        assert read_file(tmp_path / "image.dcm").data_set.element("PixelData").undefined_length


class TestFolders:
    @pytest.fixture
    def folder(self, tmp_path):
        for number, name in enumerate(["a.dcm", "deep/IM2", "deep/c.DCM"], 1):
            write(ct_image(1, 1, 1, number), tmp_path / "in" / name)
        return tmp_path / "in"

    def files(self, folder):
        return sorted(str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file())

    def test_into_a_folder_under_their_own_names(self, command, folder, tmp_path):
        done = command("convert", "in", "out", "--syntax", "implicit")
        assert (done.code, done.out) == (0, "3 converted, 0 failed\n")
        assert self.files(tmp_path / "out") == ["a.dcm", "deep/IM2", "deep/c.dcm"]

    def test_as_json_and_back(self, command, folder, tmp_path):
        assert command("convert", "in", "json", "--to", "json").code == 0
        assert self.files(tmp_path / "json") == ["a.json", "deep/IM2.json", "deep/c.json"]
        assert command("convert", "json", "back").code == 0
        assert self.files(tmp_path / "back") == ["a.dcm", "deep/IM2.dcm", "deep/c.dcm"]

    def test_several_files_into_a_folder(self, command, folder, tmp_path):
        assert command("convert", "in/a.dcm", "in/deep/IM2", "out", "--to", "xml").code == 0
        assert self.files(tmp_path / "out") == ["IM2.xml", "a.xml"]

    def test_what_fails_is_told_and_counted_and_stops_nothing(self, command, folder, tmp_path):
        (folder / "0.txt").write_text("Not DICOM at all, and long enough to look at.")
        done = command("convert", "in", "out", "--json")
        assert done.code == 1
        record = done.json()
        assert (record["converted"], record["failed"]) == (3, 1)
        assert record["faults"][0]["file"] == "in/0.txt"
        assert done.err.startswith("filmroom: in/0.txt: [-800]")

    def test_two_of_one_name_do_not_write_over_each_other(self, command, folder, tmp_path):
        done = command("convert", "in/a.dcm", "in", "out")
        assert (done.code, done.out) == (1, "3 converted, 1 failed\n")

    def test_into_itself_nothing_is_written_over(self, command, folder):
        before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
        done = command("convert", "in", "in", "--syntax", "implicit")
        assert done.code == 1
        assert {path: path.read_bytes() for path in before} == before

    def test_into_a_folder_below_itself(self, command, folder):
        assert command("convert", "in", "in/out").out == "3 converted, 0 failed\n"

    def test_into_a_file_is_wrong_use(self, command, folder, image):
        done = command("convert", "in", "image.dcm")
        assert done.code == 2


class TestNeverWrittenOver:
    @pytest.mark.parametrize("link", [os.link, os.symlink])
    def test_the_input_under_another_name(self, command, image, tmp_path, link):
        link(image, tmp_path / "other.dcm")
        before = image.read_bytes()
        done = command("convert", "image.dcm", "other.dcm", "--syntax", "implicit")
        assert (done.code, done.out) == (1, "0 converted, 1 failed\n")
        assert image.read_bytes() == before

    def test_the_input_itself(self, command, image):
        before = image.read_bytes()
        assert command("convert", "image.dcm", "./image.dcm", "--syntax", "implicit").code == 1
        assert image.read_bytes() == before

    def test_another_file_is_written_over_whole_or_not_at_all(self, command, image, tmp_path):
        (tmp_path / "old.json").write_text("old")
        (tmp_path / "bad.dcm").write_bytes(image.read_bytes()[:300])
        assert command("convert", "bad.dcm", "old.dcm").code == 1
        assert not (tmp_path / "old.dcm").exists()
        assert command("convert", "image.dcm", "old.json").code == 0
        assert read_json((tmp_path / "old.json").read_text())["Modality"] == "CT"
        assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")]


def test_a_suffix_that_says_nothing_wants_a_form(command, image, tmp_path):
    done = command("convert", "image.dcm", "image.out")
    assert done.code == 2
    assert "--to" in done.err
    assert command("convert", "image.dcm", "image.out", "--to", "json").code == 0
    assert (tmp_path / "image.out").read_bytes().startswith(b"{")


def test_a_dicomdir_stays_what_it_is(command, tmp_path):
    source = SAMPLES / "dicomdirtests" / "DICOMDIR"
    done = command("convert", source, "copy.dcm")
    assert done.code == 1
    assert "offsets" in done.err
    assert command("convert", source, "copy.json").code == 0


def test_values_that_stand_elsewhere_are_not_fetched(command, tmp_path):
    text = '{"7FE00010":{"vr":"OW","BulkDataURI":"file:///etc/passwd"}}'
    (tmp_path / "image.json").write_text(text)
    done = command("convert", "image.json", "image.dcm")
    assert done.code == 1
    assert "(7FE0,0010)" in done.err


@pytest.mark.parametrize(("name", "text"), [("x.json", "{"), ("x.xml", "<a/>"), ("x.dcm", "")])
def test_files_that_are_not_what_they_say(command, tmp_path, name, text):
    (tmp_path / name).write_text(text)
    done = command("convert", name, "y.json" if name != "x.json" else "y.xml")
    assert done.code == 1
    assert done.err.startswith(f"filmroom: {name}: [-800]")


def test_what_xml_cannot_hold_is_told(command, tmp_path):
    write(ct_image(StudyDescription="a\fb"), tmp_path / "image.dcm")
    done = command("convert", "image.dcm", "image.xml")
    assert done.code == 0
    assert "XML cannot hold" in done.err
