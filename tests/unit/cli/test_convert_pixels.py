import numpy as np
import pytest
from objects import ct_image, write
from pydicom import dcmread
from typer.testing import CliRunner

from filmroom.cli.main import app
from filmroom.dicom import read_file
from filmroom.pixels import Frames


def convert(*arguments):
    return CliRunner().invoke(app, ["convert", *map(str, arguments)])


@pytest.fixture
def ct(tmp_path):
    return write(ct_image(), tmp_path / "ct.dcm")


def pixels(path):
    file = read_file(path)
    return Frames(file.data_set, file.transfer_syntax)[0]


@pytest.mark.parametrize("syntax", ["rle", "jpeg-lossless", "jpeg-ls", "jpeg-2000", "htj2k"])
def test_an_image_is_compressed_and_decompressed_again(ct, tmp_path, syntax):
    assert convert(ct, tmp_path / "small.dcm", "--syntax", syntax).exit_code == 0
    assert np.array_equal(pixels(tmp_path / "small.dcm"), dcmread(ct).pixel_array)
    assert (
        convert(tmp_path / "small.dcm", tmp_path / "back.dcm", "--syntax", "explicit").exit_code
        == 0
    )
    assert dcmread(tmp_path / "back.dcm") == dcmread(ct)


def test_loss_is_of_the_quality_asked_for_and_makes_a_new_instance(ct, tmp_path):
    for error in (1, 40):
        out = tmp_path / f"{error}.dcm"
        done = convert(ct, out, "--syntax", "jpeg-ls-lossy", "--quality", error)
        assert done.exit_code == 0
        lost = np.abs(pixels(out).astype(int) - dcmread(ct).pixel_array).max()
        assert 0 < lost <= error
        assert dcmread(out).SOPInstanceUID != dcmread(ct).SOPInstanceUID
        assert dcmread(out).LossyImageCompression == "01"
    assert (tmp_path / "40.dcm").stat().st_size < (tmp_path / "1.dcm").stat().st_size


def test_what_no_encoder_takes_is_told_and_nothing_written(ct, tmp_path):
    done = convert(ct, tmp_path / "out.dcm", "--syntax", "jpeg")
    assert done.exit_code == 1
    assert "8 bits" in done.stderr
    assert not (tmp_path / "out.dcm").exists()


@pytest.mark.parametrize("syntax", [(), ("--syntax", "jpeg-ls"), ("--syntax", "explicit")])
def test_a_quality_where_nothing_is_lost_is_wrong_use(command, tmp_path, syntax):
    write(ct_image(), tmp_path / "image.dcm")
    done = command("convert", "image.dcm", "out.dcm", "--quality", "3", *syntax)
    assert done.code == 2
    assert "--syntax" in done.err
    assert not (tmp_path / "out.dcm").exists()
