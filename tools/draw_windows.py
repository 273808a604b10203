"""Draw one slice of the sample study through four windows: ``python tools/draw_windows.py [OUT]``.

The picture of docs/how-to/render.md, made by the renderer that the page is about.
"""

from __future__ import annotations

import sys
from itertools import islice
from pathlib import Path

import numpy as np

from filmroom.cli.sample_study import sample_study
from filmroom.dicom import ExplicitVRLittleEndian
from filmroom.pixels.picture import PictureFormat, encode_picture
from filmroom.pixels.render import Renderer
from filmroom.pixels.view import View

SLICE = 21
"""Place of the slice in the study: two localizers come first."""
VIEWS = (View("soft-tissue"), View("lung"), View("bone"), View("lung", inverted=True))


def main() -> None:
    """Write the picture."""
    out = Path(sys.argv[1] if len(sys.argv) > 1 else "docs/images/render-windows.png")
    (data_set,) = islice(sample_study(size=220), SLICE, SLICE + 1)
    pictures = [Renderer(data_set, ExplicitVRLittleEndian, view)[0] for view in VIEWS]
    row = np.hstack([picture[20:200] for picture in pictures])
    out.write_bytes(encode_picture(row, PictureFormat.PNG))
    print(out)


if __name__ == "__main__":
    main()
