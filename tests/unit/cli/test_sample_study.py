import numpy as np
import pytest

from filmroom.cli.sample_study import SLICES, sample_study
from filmroom.dicom import ExplicitVRLittleEndian, encode_bytes, is_valid_uid
from filmroom.dicom.validation import validate

SIZE = 32


@pytest.fixture(scope="module")
def images():
    return list(sample_study(size=SIZE))


def test_two_series_of_one_study(images):
    assert len(images) == SLICES + 2
    assert len({image["StudyInstanceUID"] for image in images}) == 1
    series = [image["SeriesInstanceUID"] for image in images]
    assert [series.count(uid) for uid in dict.fromkeys(series)] == [2, SLICES]
    uids = [image["SOPInstanceUID"] for image in images]
    assert len(set(uids)) == len(uids)
    assert all(is_valid_uid(uid) for uid in uids)


def test_nobody_real(images):
    assert {image.text("PatientName") for image in images} == {"PHANTOM^THORAX"}


def test_a_second_run_makes_the_same_bytes(images):
    syntax = ExplicitVRLittleEndian
    again = next(sample_study(size=SIZE))
    assert encode_bytes(again, syntax) == encode_bytes(images[0], syntax)


def test_pixels_are_signed_and_rescale_to_hounsfield_units(images):
    image = images[-SLICES // 2]
    pixels = np.frombuffer(image.raw("PixelData"), "<i2").reshape(SIZE, SIZE)
    hounsfield = pixels * float(image["RescaleSlope"]) + float(image["RescaleIntercept"])
    assert image["PixelRepresentation"] == 1
    assert hounsfield.min() < -950
    assert 200 < hounsfield.max() < 1600


def test_slices_follow_each_other_at_their_spacing(images):
    axial = [image for image in images if "AXIAL" in image.values_of("ImageType")]
    heights = [float(image.values_of("ImagePositionPatient")[2]) for image in axial]
    assert np.allclose(np.diff(heights), -float(axial[0]["SpacingBetweenSlices"]))


@pytest.mark.parametrize(
    "keyword",
    [
        *("PatientName", "PatientID", "PatientBirthDate", "PatientSex"),
        *("StudyDate", "StudyTime", "ReferringPhysicianName", "StudyID", "AccessionNumber"),
        *("Modality", "SeriesNumber", "FrameOfReferenceUID", "PositionReferenceIndicator"),
        *("Manufacturer", "InstanceNumber", "PixelSpacing", "ImageOrientationPatient"),
        *("ImagePositionPatient", "SliceThickness", "ImageType", "SamplesPerPixel"),
        *("PhotometricInterpretation", "BitsAllocated", "BitsStored", "HighBit"),
        *("RescaleIntercept", "RescaleSlope", "KVP", "AcquisitionNumber", "PixelData"),
    ],
)
def test_attributes_that_a_ct_image_must_have(images, keyword):
    assert all(keyword in image for image in images)


def test_the_study_conforms_to_the_standard(images):
    for image in images:
        assert validate(image).findings == ()


def test_only_slices_are_in_hounsfield_units(images):
    """A localizer adds up what it looks through: its pixels are of no unit (PS3.3 §C.8.2.1)."""
    units = {image.values_of("ImageType")[2]: image["RescaleType"] for image in images}
    assert units == {"AXIAL": "HU", "LOCALIZER": "US"}
