"""A person made of ellipses: Hounsfield units of an invented thorax and upper abdomen."""

from filmroom.cli.phantom.canvas import Image
from filmroom.cli.phantom.slice import HEIGHT, hounsfield_slice

__all__ = ["HEIGHT", "Image", "hounsfield_slice"]
