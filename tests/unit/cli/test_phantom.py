import numpy as np
import pytest

from filmroom.cli.phantom import HEIGHT, hounsfield_slice

SIZE, FIELD = 128, 400.0


def at(image, x, y):
    """Hounsfield units at ``x`` and ``y`` millimetres from the middle."""
    pixel = FIELD / SIZE
    return image[round(y / pixel + (SIZE - 1) / 2), round(x / pixel + (SIZE - 1) / 2)]


@pytest.mark.parametrize("z", np.linspace(0, HEIGHT, 9))
def test_every_slice_is_a_body_in_air_with_a_canal_in_the_spine(z):
    image = hounsfield_slice(z, size=SIZE)
    assert image.shape == (SIZE, SIZE)
    assert image.dtype == np.float32
    assert np.isfinite(image).all()
    assert image.min() >= -1024
    assert image.max() < 1500
    assert image[0, 0] == -1000
    assert 0 < at(image, 0, 78) < 80
    assert (image > 300).sum() > 20


def test_the_chest_holds_two_lungs_and_contrast_in_the_aorta():
    image = hounsfield_slice(150, size=SIZE)
    assert at(image, -95, 20) < -700
    assert at(image, 95, 20) < -700
    assert at(image, 23, 41) > 150


def test_the_liver_is_on_the_right_and_gas_in_the_stomach_at_the_front():
    image = hounsfield_slice(258, size=SIZE)
    assert at(image, -80, -10) == pytest.approx(112, abs=1)
    assert at(image, 56, -50) < -900
    assert at(image, 56, -15) == pytest.approx(18, abs=1)


def test_the_same_slice_comes_out_bit_for_bit():
    assert np.array_equal(hounsfield_slice(90, size=SIZE), hounsfield_slice(90, size=SIZE))
    assert not np.array_equal(hounsfield_slice(90, size=SIZE), hounsfield_slice(98, size=SIZE))
