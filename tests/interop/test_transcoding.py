"""Receivers that do not take what is kept get it converted; DCMTK decodes as second opinion."""

import numpy as np
import pytest
from objects import by_instance, ct_image, write
from processes import filmroom, filmroom_json, filmroom_server, free_port, require, run, storescp
from pydicom import dcmread
from pydicom.data import get_testdata_file
from pydicom.uid import JPEGLosslessSV1, RLELossless

STUDY_KEYS = ["-k", "QueryRetrieveLevel=STUDY", "-k"]
KEPT = {
    "JPEG-LL.dcm": "dcmdjpeg",
    "SC_rgb_jpeg_lossy_gdcm.dcm": None,
    "MR_small_jpeg_ls_lossless.dcm": "dcmdjpls",
    "MR_small_RLE.dcm": "dcmdrle",
    "MR_small_jp2klossless.dcm": None,
}
"""Compressed files and the program that decodes each without loss, where DCMTK has one."""


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    folder = tmp_path_factory.mktemp("transcoding")
    port = free_port()
    with filmroom_server(folder / "data", "--destination", f"MOVER=127.0.0.1:{port}") as server:
        for name in KEPT:
            filmroom("store", *server.address(), get_testdata_file(name))
        filmroom("store", *server.address(), write(ct_image(), folder / "ct.dcm"))
        yield server, port


def moved(server, peer, path):
    study = dcmread(path, stop_before_pixels=True).StudyInstanceUID
    done = run(
        *(require("movescu"), "-v", "-S", "-aem", "MOVER", "-aec", "FILMROOM"),
        *(*server.address(), *STUDY_KEYS, f"StudyInstanceUID={study}"),
    )
    assert "Received Final Move Response (Success)" in done.stdout + done.stderr
    uid = str(dcmread(path, stop_before_pixels=True).SOPInstanceUID)
    (received,) = [p for p in peer.files() if dcmread(p).SOPInstanceUID == uid]
    return received


@pytest.mark.parametrize("name", KEPT)
def test_a_receiver_of_implicit_only_gets_it_decoded(archive, tmp_path, name):
    server, port = archive
    path = get_testdata_file(name)
    with storescp(tmp_path / "peer", port=port, aet="MOVER", takes=["+xi"]) as peer:
        received = dcmread(moved(server, peer, path))
    assert received.file_meta.TransferSyntaxUID == "1.2.840.10008.1.2"
    kept = dcmread(path)
    pixels = received.pixel_array
    assert pixels.shape[:2] == (kept.Rows, kept.Columns)
    decoder = KEPT[name]
    if decoder is not None:
        run(require(decoder), path, tmp_path / "decoded.dcm")
        assert np.array_equal(pixels, dcmread(tmp_path / "decoded.dcm").pixel_array)
    same = [e for e in kept if e.tag.group not in (0x0028, 0x7FE0) and e.VR != "SQ"]
    # What is private has lost its VR in implicit VR, so that pydicom cannot compare it.
    for element in same:
        if not element.tag.is_private:
            assert received[element.tag].value == element.value


def only(syntax, folder):
    """A configuration of storescp that takes CT images in one transfer syntax."""
    path = folder / "storescp.cfg"
    path.write_text(
        f"[[TransferSyntaxes]]\n[Only]\nTransferSyntax1 = {syntax}\n"
        "[[PresentationContexts]]\n[CT]\n"
        "PresentationContext1 = 1.2.840.10008.5.1.4.1.1.2\\Only\n"
        "[[Profiles]]\n[Only]\nPresentationContexts = CT\n"
    )
    return ["-xf", str(path), "Only"]


@pytest.mark.parametrize(
    ("syntax", "decoder"), [(JPEGLosslessSV1, "dcmdjpeg"), (RLELossless, "dcmdrle")]
)
def test_a_receiver_of_compressed_only_gets_it_compressed(archive, tmp_path, syntax, decoder):
    server, port = archive
    sent = ct_image()
    path = write(sent, tmp_path / "sent.dcm")
    takes = only(syntax, tmp_path)
    with storescp(tmp_path / "peer", port=port, aet="MOVER", takes=takes) as peer:
        received = moved(server, peer, path)
        assert dcmread(received).file_meta.TransferSyntaxUID == syntax
        run(require(decoder), received, tmp_path / "decoded.dcm")
    decoded = dcmread(tmp_path / "decoded.dcm")
    assert decoded.SOPInstanceUID == sent.SOPInstanceUID
    assert np.array_equal(decoded.pixel_array, dcmread(path).pixel_array)


def test_getscu_that_proposes_uncompressed_only(archive, tmp_path):
    server, _ = archive
    path = get_testdata_file("MR_small_jpeg_ls_lossless.dcm")
    study = dcmread(path).StudyInstanceUID
    run(
        *(require("getscu"), "-S", "+B", "-od", tmp_path, "-aec", "FILMROOM"),
        *(*server.address(), *STUDY_KEYS, f"StudyInstanceUID={study}"),
    )
    assert by_instance(list(tmp_path.iterdir()))
    run(require("dcmdjpls"), path, tmp_path / "decoded")
    decoded = dcmread(tmp_path / "decoded")
    for received in map(dcmread, tmp_path.iterdir()):
        if received.SOPInstanceUID == decoded.SOPInstanceUID:
            assert np.array_equal(received.pixel_array, decoded.pixel_array)


def test_our_own_store_decodes_for_a_peer_that_takes_implicit_only(tmp_path):
    path = get_testdata_file("MR_small_RLE.dcm")
    with storescp(tmp_path / "peer", takes=["+xi"]) as peer:
        assert filmroom_json("store", *peer.address(), path)["sent"] == 1
        (received,) = peer.files()
        run(require("dcmdrle"), path, tmp_path / "decoded.dcm")
        assert np.array_equal(
            dcmread(received).pixel_array, dcmread(tmp_path / "decoded.dcm").pixel_array
        )
