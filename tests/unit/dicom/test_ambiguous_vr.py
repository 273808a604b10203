"""VRs that other attributes decide, here or in a data set around (PS3.5 §8, Annex A)."""

import pytest

from filmroom.dicom import VR, DataSet, ImplicitVRLittleEndian, encode_bytes, read_data_set
from filmroom.errors import InvalidValue


def implicit(**values):
    """A data set read from implicit VR, where the context decides VRs."""
    ds = DataSet()
    for keyword, value in values.items():
        if isinstance(value, tuple):
            ds.set(keyword, *value)
        else:
            ds[keyword] = value
    return read_data_set(encode_bytes(ds, ImplicitVRLittleEndian), ImplicitVRLittleEndian)


@pytest.mark.parametrize(("signed", "vr", "value"), [(0, VR.US, 0xFFFF), (1, VR.SS, -1)])
@pytest.mark.parametrize(
    "keyword",
    ["SmallestImagePixelValue", "LargestImagePixelValue", "PixelPaddingValue",
     "ZeroVelocityPixelValue", "PixelPaddingRangeLimit", "RealWorldValueFirstValueMapped",
     "HistogramFirstBinValue", "MappedPixelValue"],
)  # fmt: skip
def test_us_or_ss_by_pixel_representation(keyword, signed, vr, value):
    ds = implicit(PixelRepresentation=signed, **{keyword: (vr, value)})
    assert ds.element(keyword).vr is vr
    assert ds[keyword] == value


def test_us_without_pixel_representation():
    assert implicit(PixelPaddingValue=(VR.US, 0xFFFF))["PixelPaddingValue"] == 0xFFFF


def test_pixel_representation_of_a_data_set_around():
    inner = DataSet()
    inner.set("RealWorldValueFirstValueMapped", VR.SS, -5)
    between = DataSet()
    between["RealWorldValueMappingSequence"] = [inner]
    ds = implicit(PixelRepresentation=1, SharedFunctionalGroupsSequence=[between])
    mapping = ds["SharedFunctionalGroupsSequence"][0]["RealWorldValueMappingSequence"][0]
    assert mapping["RealWorldValueFirstValueMapped"] == -5


def test_the_nearest_pixel_representation_counts():
    inner = DataSet()
    inner["PixelRepresentation"] = 0
    inner.set("PixelPaddingValue", VR.US, 0xFFFF)
    ds = implicit(PixelRepresentation=1, IconImageSequence=[inner])
    assert ds["IconImageSequence"][0]["PixelPaddingValue"] == 0xFFFF


def test_descriptors_of_palettes_and_luts():
    lut = DataSet()
    lut.set("LUTDescriptor", VR.SS, (4, -2, 16))
    lut.set("LUTData", VR.OW, bytes(8))
    ds = implicit(
        PixelRepresentation=1,
        RedPaletteColorLookupTableDescriptor=(VR.SS, (256, -1, 16)),
        ModalityLUTSequence=[lut],
    )
    assert ds["RedPaletteColorLookupTableDescriptor"] == (256, -1, 16)
    found = ds["ModalityLUTSequence"][0]
    assert found["LUTDescriptor"] == (4, -2, 16)
    assert found.element("LUTData").vr is VR.OW


def test_lut_data_of_one_entry():
    lut = DataSet()
    lut.set("LUTDescriptor", VR.US, (1, 0, 16))
    lut.set("LUTData", VR.US, 7)
    found = implicit(ModalityLUTSequence=[lut])["ModalityLUTSequence"][0]
    assert (found.element("LUTData").vr, found["LUTData"]) == (VR.US, 7)


@pytest.mark.parametrize("bits", [1, 8, 16])
@pytest.mark.parametrize("keyword", ["PixelData", "OverlayData"])
def test_ow_in_implicit_vr(keyword, bits):
    """PS3.5 §A.1."""
    tag = {"PixelData": 0x7FE00010, "OverlayData": 0x60023000}[keyword]
    ds = implicit(**{"BitsAllocated": bits, f"{tag:08X}": (VR.OW, bytes(4))})
    assert ds.element(tag).vr is VR.OW


@pytest.mark.parametrize(("bits", "vr"), [(1, VR.OB), (8, VR.OB), (16, VR.OW), (32, VR.OW)])
def test_ob_or_ow_of_pixels_in_explicit_vr(bits, vr):
    """PS3.5 §A.2."""
    ds = DataSet()
    ds["BitsAllocated"] = bits
    ds["PixelData"] = bytes(8)
    ds[0x60003000] = bytes(8)
    assert ds.element("PixelData").vr is vr
    assert ds.element(0x60003000).vr is VR.OW


@pytest.mark.parametrize(("bits", "vr"), [(8, VR.OB), (16, VR.OW)])
def test_ob_or_ow_of_waveforms(bits, vr):
    """PS3.5 §8.3; the channels are in items of their own."""
    channel, group, ds = DataSet(), DataSet(), DataSet()
    ds["WaveformSequence"] = [group]
    group["WaveformBitsAllocated"] = bits
    group["WaveformData"] = bytes(8)
    group["ChannelDefinitionSequence"] = [channel]
    channel["ChannelMinimumValue"] = bytes(2)
    assert group.element("WaveformData").vr is vr
    assert channel.element("ChannelMinimumValue").vr is vr


def test_what_was_read_keeps_its_vr_when_the_context_changes():
    inner = DataSet()
    inner.set("PixelPaddingValue", VR.SS, -5)
    ds = implicit(
        PixelRepresentation=1, SmallestImagePixelValue=(VR.SS, -3), IconImageSequence=[inner]
    )
    ds["PixelRepresentation"] = 0
    assert ds["SmallestImagePixelValue"] == -3
    assert ds["IconImageSequence"][0]["PixelPaddingValue"] == -5


def test_negative_values_of_an_item_that_is_not_in_place_yet_are_ss():
    item = DataSet()
    item["LUTDescriptor"] = [256, -1000, 16]
    item["PixelPaddingValue"] = -2000
    ds = DataSet()
    ds["PixelRepresentation"] = 1
    ds["ModalityLUTSequence"] = [item]
    back = read_data_set(encode_bytes(ds, ImplicitVRLittleEndian), ImplicitVRLittleEndian)
    (read,) = back["ModalityLUTSequence"]
    assert (read["LUTDescriptor"], read["PixelPaddingValue"]) == ((256, -1000, 16), -2000)
    assert item.element("PixelPaddingValue").vr is VR.SS


def test_negative_values_of_what_is_us_only_are_refused():
    ds = DataSet()
    ds["Rows"] = -1
    with pytest.raises(InvalidValue):
        encode_bytes(ds, ImplicitVRLittleEndian)
