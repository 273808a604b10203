import numpy as np
import pytest
from pixel_arrays import data_set_of, described

from filmroom.dicom import DataSet
from filmroom.errors import InvalidValue, MissingRequiredTag
from filmroom.pixels import ImageDescription, PixelKind

ROWS, COLUMNS, FRAMES = 0x00280010, 0x00280011, 0x00280008
SAMPLES, PHOTOMETRIC, PLANAR = 0x00280002, 0x00280004, 0x00280006
ALLOCATED, STORED, HIGH_BIT, REPRESENTATION = 0x00280100, 0x00280101, 0x00280102, 0x00280103


def image(**attributes):
    """A whole image pixel module; an attribute of None is left out."""
    ds = DataSet()
    whole = {
        "Rows": 4,
        "Columns": 6,
        "SamplesPerPixel": 1,
        "PhotometricInterpretation": "MONOCHROME2",
        "BitsAllocated": 16,
        "BitsStored": 12,
        "HighBit": 11,
        "PixelRepresentation": 0,
    } | attributes
    for keyword, value in whole.items():
        if value is not None:
            ds[keyword] = value
    return ds


def test_a_description_holds_what_the_data_set_says():
    assert ImageDescription.of(image(NumberOfFrames=3)) == ImageDescription(
        4, 6, 1, "MONOCHROME2", 0, 16, 12, 11, 0, 3, PixelKind.INTEGER
    )


@pytest.mark.parametrize("missing", ["Rows", "Columns", "BitsAllocated"])
def test_what_pixels_cannot_be_read_without_must_be_there(missing):
    with pytest.raises(MissingRequiredTag) as caught:
        ImageDescription.of(image(**{missing: None}))
    assert caught.value.tag in (ROWS, COLUMNS, ALLOCATED)


@pytest.mark.parametrize(
    ("given", "tag", "attribute", "value"),
    [
        ({"SamplesPerPixel": None}, SAMPLES, "samples_per_pixel", 1),
        ({"PhotometricInterpretation": None}, PHOTOMETRIC,
         "photometric_interpretation", "MONOCHROME2"),
        ({"PhotometricInterpretation": None, "SamplesPerPixel": 3, "PlanarConfiguration": 0},
         PHOTOMETRIC, "photometric_interpretation", "RGB"),
        ({"SamplesPerPixel": 3, "PhotometricInterpretation": "RGB"}, PLANAR,
         "planar_configuration", 0),
        ({"BitsStored": None, "HighBit": 15}, STORED, "bits_stored", 16),
        ({"HighBit": None}, HIGH_BIT, "high_bit", 11),
        ({"HighBit": 7}, HIGH_BIT, "high_bit", 11),
        ({"HighBit": 16}, HIGH_BIT, "high_bit", 11),
        ({"PixelRepresentation": None}, REPRESENTATION, "pixel_representation", 0),
        ({"NumberOfFrames": 0}, FRAMES, "number_of_frames", 1),
    ],
)  # fmt: skip
def test_what_only_one_thing_fits_is_completed_with_an_issue(given, tag, attribute, value):
    ds = image(**given)
    assert getattr(ImageDescription.of(ds), attribute) == value
    assert [issue.tag for issue in ds.issues] == [tag]
    ds.parser.strict = True
    with pytest.raises((MissingRequiredTag, InvalidValue)) as caught:
        ImageDescription.of(ds)
    assert caught.value.tag == tag


@pytest.mark.parametrize(
    ("given", "tag"),
    [
        ({"Rows": 0}, ROWS),
        ({"Columns": 0}, COLUMNS),
        ({"BitsAllocated": 12}, ALLOCATED),
        ({"BitsAllocated": 24}, ALLOCATED),
        ({"BitsStored": 17}, STORED),
        ({"BitsStored": 0}, STORED),
        ({"PixelRepresentation": 2}, REPRESENTATION),
        ({"SamplesPerPixel": 3}, SAMPLES),
        ({"SamplesPerPixel": 5, "PhotometricInterpretation": "RGB"}, SAMPLES),
        ({"SamplesPerPixel": 0}, SAMPLES),
        ({"SamplesPerPixel": 3, "PhotometricInterpretation": "RGB", "PlanarConfiguration": 2},
         PLANAR),
        ({"NumberOfFrames": "many"}, FRAMES),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_by_its_tag(given, tag):
    with pytest.raises(InvalidValue) as caught:
        ImageDescription.of(image(**given))
    assert caught.value.tag == tag


def test_text_where_an_integer_must_stand_is_refused_by_its_tag():
    ds = image()
    ds.set(ROWS, "LO", "four")
    with pytest.raises(InvalidValue) as caught:
        ImageDescription.of(ds)
    assert caught.value.tag == ROWS
    assert "four" not in str(caught.value)


@pytest.mark.parametrize(
    ("allocated", "signed", "dtype"),
    [
        (1, 0, "uint8"),
        (8, 0, "uint8"),
        (8, 1, "int8"),
        (16, 0, "uint16"),
        (16, 1, "int16"),
        (32, 0, "uint32"),
        (32, 1, "int32"),
        (64, 0, "uint64"),
    ],
)
def test_dtype_of_stored_values(allocated, signed, dtype):
    assert described(bits_allocated=allocated, pixel_representation=signed).dtype == np.dtype(dtype)


@pytest.mark.parametrize(
    ("kind", "bits", "dtype"), [(PixelKind.FLOAT, 32, "float32"), (PixelKind.DOUBLE, 64, "float64")]
)
def test_floating_point_pixel_data_need_no_bits_stored(kind, bits, dtype):
    ds = image(BitsAllocated=bits, BitsStored=None, HighBit=None, PixelRepresentation=None)
    ds.set(kind.value, "OF" if bits == 32 else "OD", bytes(4 * 6 * bits // 8))
    description = ImageDescription.of(ds)
    assert (description.kind, description.dtype) == (kind, np.dtype(dtype))
    assert ds.issues == []
    ds["BitsAllocated"] = 16
    with pytest.raises(InvalidValue) as caught:
        ImageDescription.of(ds)
    assert caught.value.tag == ALLOCATED


@pytest.mark.parametrize(
    ("attributes", "shape", "bits"),
    [
        ({"bits_allocated": 16}, (16, 18), 16 * 18 * 16),
        ({"bits_allocated": 1}, (16, 18), 16 * 18),
        ({"bits_allocated": 8, "samples_per_pixel": 3}, (16, 18, 3), 16 * 18 * 24),
        ({"bits_allocated": 8, "samples_per_pixel": 3,
          "photometric_interpretation": "YBR_FULL_422"}, (16, 18, 3), 16 * 18 * 16),
    ],
)  # fmt: skip
def test_shape_and_length_of_a_native_frame(attributes, shape, bits):
    description = described(**attributes)
    assert (description.shape, description.frame_bits) == (shape, bits)


def test_a_data_set_made_of_a_description_gives_it_back():
    description = described(bits_stored=12, samples_per_pixel=3, number_of_frames=2)
    assert ImageDescription.of(data_set_of(description, bytes(2))) == description
