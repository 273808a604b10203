"""Rendering: LUTs, windows, palettes, overlays, presentation.

For all bytes, as the attributes that rule how an image of 8 by 8 pixels is shown:

- rendering raises `DataError` or gives a picture of 8 or 16 bits in the size of the image;
- memory is taken by the size of the image and of its tables, whatever the attributes say.

The first two bytes choose kind of image and view; the rest is a data set in explicit VR little
endian whose elements are added to the image, in place of the image's own.
"""

import numpy as np
from fuzz_codecs import COLOURS, PIXEL_DATA, fill

from filmroom.dicom import (
    VR,
    DataSet,
    Element,
    ExplicitVRLittleEndian,
    encode_bytes,
    read_data_set,
)
from filmroom.errors import DataError
from filmroom.pixels.render import Renderer
from filmroom.pixels.view import View

SIDE = 8
SIZE_TAGS = (0x00280010, 0x00280011, PIXEL_DATA)
CHANGED = 1500
BITS = ((8, 8), (16, 12), (16, 16), (32, 20), (1, 1))


def check(data: bytes) -> None:
    if len(data) < 2:
        return
    image = an_image(data[0])
    view = View(bits=16 if data[1] & 1 else 8, inverted=bool(data[1] & 2))
    try:
        given = read_data_set(data[2:], ExplicitVRLittleEndian)
        for element in given:
            if int(element.tag) not in SIZE_TAGS:
                image.add(element)
        renderer = Renderer(image, ExplicitVRLittleEndian, view)
        pictures = [renderer.frame(0), renderer.frame(len(renderer) - 1)]
        renderer.voi_luts()
    except DataError:
        return
    for picture in pictures:
        assert picture.shape in ((SIDE, SIDE), (SIDE, SIDE, 3))
        assert picture.dtype in (np.uint8, np.uint16)


def an_image(choice: int) -> DataSet:
    samples, photometric = COLOURS[choice % len(COLOURS)]
    allocated, stored = BITS[choice // len(COLOURS) % len(BITS)]
    image = DataSet()
    fill(
        image, rows=SIDE, columns=SIDE, samples=samples, photometric=photometric,
        allocated=allocated, stored=stored, high_bit=stored - 1, signed=choice >> 7, planar=0,
        frames=1,
    )  # fmt: skip
    pixels = bytes(number * 5 % 251 for number in range(SIDE * SIDE * samples * 4))
    image.add(Element(PIXEL_DATA, VR.OW if allocated > 8 else VR.OB, pixels))
    return image


def shown() -> list[DataSet]:
    """Data sets with the attributes of each step from stored values to a picture."""
    found = []

    def made(**values) -> DataSet:
        data_set = DataSet()
        for keyword, value in values.items():
            data_set[keyword] = value
        found.append(data_set)
        return data_set

    made(WindowCenter=("40", "300"), WindowWidth=("400", "1500"), RescaleSlope="2",
         RescaleIntercept="-1024")  # fmt: skip
    made(
        WindowCenter="1", WindowWidth="1", VOILUTFunction="SIGMOID", PresentationLUTShape="INVERSE"
    )
    made(PixelPaddingValue=0, PixelPaddingRangeLimit=7, VOILUTFunction="LINEAR_EXACT",
         WindowCenter="100", WindowWidth="0.5")  # fmt: skip
    table = DataSet()
    table.set(0x00283002, VR.US, (16, 0, 8))
    table.set(0x00283006, VR.OW, bytes(range(32)))
    made(VOILUTSequence=[table])
    made(ModalityLUTSequence=[table], PresentationLUTShape="IDENTITY")
    palette = made(PixelPresentation="COLOR")
    for number in range(3):
        palette.set(0x00281101 + number, VR.US, (256, 0, 8))
        palette.set(0x00281201 + number, VR.OW, bytes(range(256)))
    segmented = made()
    for number in range(3):
        segmented.set(0x00281101 + number, VR.US, (256, 0, 16))
        segmented.set(0x00281221 + number, VR.OW, bytes([1, 0, 0, 1, 255, 255, 0, 0, 1, 0, 5, 0]))
    overlay = made()
    overlay.set(0x60000010, VR.US, 8)
    overlay.set(0x60000011, VR.US, 8)
    overlay.set(0x60000040, VR.CS, "G")
    overlay.set(0x60000050, VR.SS, (1, 1))
    overlay.set(0x60000100, VR.US, 1)
    overlay.set(0x60000102, VR.US, 0)
    overlay.set(0x60003000, VR.OW, bytes(range(8)))
    item, shared = DataSet(), DataSet()
    item["WindowCenter"], item["WindowWidth"] = "10", "20"
    shared["FrameVOILUTSequence"] = [item]
    made(SharedFunctionalGroupsSequence=[shared], PerFrameFunctionalGroupsSequence=[shared])
    return found


def seeds() -> list[bytes]:
    encoded = [encode_bytes(data_set, ExplicitVRLittleEndian) for data_set in shown()]
    return [
        bytes([kind * 29 % 256, number % 4]) + data
        for number, data in enumerate(encoded)
        for kind in range(0, 55, 3)
    ]
