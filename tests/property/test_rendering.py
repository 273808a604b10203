"""Whatever an image says of how it is to be shown: it is shown, or a DataError says why not."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from images import add_overlay, image

from filmroom.dicom import VR, Element
from filmroom.errors import DataError
from filmroom.pixels.animation import frame_delay
from filmroom.pixels.pixel_aspect import pixel_aspect
from filmroom.pixels.render import Renderer
from filmroom.pixels.view import View

DECIMALS = (0x00281050, 0x00281051, 0x00281052, 0x00281053, 0x00280030, 0x00181063, 0x00180040)
CODES = {
    0x00281056: ("LINEAR", "LINEAR_EXACT", "SIGMOID", "CUBIC", ""),
    0x00280004: ("MONOCHROME1", "PALETTE COLOR", "RGB", "HSV", "YBR_FULL"),
    0x20500020: ("IDENTITY", "INVERSE", "LIN OD"),
    0x00089205: ("COLOR", "MIXED", "MONOCHROME"),
}
NUMBERS = (0x00280120, 0x00280121, 0x00280101, 0x00280102, 0x00280103, 0x60000010, 0x60000011,
           0x60000051, 0x60000102, 0x00281101, 0x00281102, 0x00281103)  # fmt: skip
BULK = (0x60003000, 0x00281201, 0x00281202, 0x00281203, 0x00281221, 0x00281222, 0x00281223)

decimal = st.one_of(
    st.floats().map(str),
    st.integers(-70_000, 70_000).map(str),
    st.sampled_from(["", "x", "1\\2", "-1e308", "1e-300", "400\\1600\\0"]),
)
elements = st.one_of(
    st.tuples(st.sampled_from(DECIMALS), st.just(VR.DS), decimal.map(str.encode)),
    st.sampled_from(list(CODES)).flatmap(
        lambda tag: st.tuples(
            st.just(tag), st.just(VR.CS), st.sampled_from(CODES[tag]).map(str.encode)
        )
    ),
    st.tuples(
        st.sampled_from(NUMBERS),
        st.sampled_from([VR.US, VR.SS]),
        st.lists(st.integers(0, 20) | st.integers(0, 65535), max_size=3).map(
            lambda values: np.array(values, "<u2").tobytes()
        ),
    ),
    st.tuples(st.sampled_from(BULK), st.just(VR.OW), st.binary(max_size=40)),
)
pixels = st.sampled_from(
    [
        np.arange(24, dtype=dtype).reshape(2, 3, 4)
        for dtype in ("u1", "i1", "<u2", "<i2", "<u4", "<i4", "<f4", "<f8")
    ]
)
views = st.builds(
    View,
    st.sampled_from([None, None, 0, 2, "lung", "MEDIASTINUM"]),
    st.booleans(),
    st.booleans(),
    st.sampled_from([(255, 255, 255), (255, 0, 0)]),
    st.sampled_from([8, 16]),
)


@pytest.mark.filterwarnings("error")
@settings(max_examples=300)
@given(pixels=pixels, added=st.lists(elements, max_size=5), view=views, frame=st.integers(0, 2))
def test_an_image_is_shown_or_a_data_error_says_why_not(pixels, added, view, frame):
    data_set = image(pixels, Modality="CT")
    add_overlay(data_set, np.eye(3, 4, dtype=np.bool_))
    for tag, vr, raw in added:
        data_set.add(Element(tag, vr, raw))
    try:
        picture = Renderer(data_set, view=view).frame(frame)
    except DataError:
        return
    assert picture.shape[:2] == (3, 4)
    assert picture.dtype == (np.uint8 if picture.ndim == 3 or view.bits == 8 else np.uint16)
    assert 0.01 <= pixel_aspect(data_set, frame) <= 100
    assert 20 <= frame_delay(data_set) <= 60_000
