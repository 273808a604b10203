"""Images as pictures: what a person is meant to see of each frame (PS3.4 §N.2, PS3.3 §C.11).

::

    pictures = Renderer(file.data_set, file.transfer_syntax, View(voi="lung"))
    pictures[0]     # uint8, (rows, columns) of greys or (rows, columns, 3) of colours
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

from filmroom.dicom import DataSet, TransferSyntax
from filmroom.errors import DataError, InvalidValue
from filmroom.pixels.description import PixelKind
from filmroom.pixels.frames import Frames
from filmroom.pixels.grayscale import Grayscale
from filmroom.pixels.lut import LookupTable
from filmroom.pixels.modality import ModalityLut, Rescale, modality_lut
from filmroom.pixels.overlay import draw, overlays
from filmroom.pixels.padding import padding
from filmroom.pixels.palette import Palette, has_supplemental_palette, palette
from filmroom.pixels.pixel_cells import pixel_cells
from filmroom.pixels.presentation import Presentation, presentation
from filmroom.pixels.value_table import fits_table, look_up, value_table
from filmroom.pixels.view import View
from filmroom.pixels.window import VoiLut, Window, voi_luts
from filmroom.pixels.window_presets import preset
from filmroom.pixels.window_range import full_window, measured_window, thinned

__all__ = ["Renderer", "render"]

_SAMPLES_PER_PIXEL = 0x00280002
_PHOTOMETRIC_INTERPRETATION = 0x00280004
_NUMBER_OF_FRAMES = 0x00280008
_WINDOW_CENTER = 0x00281050
_PER_FRAME = 0x52009230
_MONOCHROME = frozenset({"MONOCHROME1", "MONOCHROME2"})
_SHOWN = _MONOCHROME | {"PALETTE COLOR", "RGB"}
_MEASURED_FRAMES = 5


_AS_MEANT = View()


def render(
    data_set: DataSet,
    transfer_syntax: TransferSyntax | None = None,
    frame: int = 0,
    *,
    view: View = _AS_MEANT,
) -> NDArray[Any]:
    """One frame as a picture: see :meth:`Renderer.frame`. For several, keep a Renderer."""
    return Renderer(data_set, transfer_syntax, view).frame(frame)


class Renderer(Sequence[NDArray[Any]]):
    """A read-only sequence of pictures, one for each frame of an image.

    Raises DataErrors where the image has no pixels that could be shown, or the view asks for what
    it does not have. What was tolerated is in the issues of the data set. Not to be shared
    between threads.
    """

    def __init__(
        self,
        data_set: DataSet,
        transfer_syntax: TransferSyntax | None = None,
        view: View = _AS_MEANT,
    ) -> None:
        self.data_set = data_set
        self.view = view
        self.frames = Frames(data_set, transfer_syntax)
        self.description = self.frames.description
        self.photometric_interpretation = self.frames.photometric_interpretation
        if self.photometric_interpretation not in _SHOWN:
            raise InvalidValue(
                "pixels of this photometric interpretation cannot be shown",
                tag=_PHOTOMETRIC_INTERPRETATION,
            )
        if self.photometric_interpretation == "RGB" and self.description.samples_per_pixel != 3:
            raise InvalidValue("RGB has three samples a pixel", tag=_SAMPLES_PER_PIXEL)
        if not self.is_monochrome and view.voi is not None:
            raise InvalidValue(
                "a window applies to monochrome images only", tag=_PHOTOMETRIC_INTERPRETATION
            )
        shown = presentation(data_set, self.photometric_interpretation)
        self._presentation = shown.inverted() if view.inverted else shown
        self._padding = padding(data_set, self.description)
        self._overlays = overlays(data_set) if view.overlays else ()
        self._differ = _PER_FRAME in data_set
        self._pipelines: dict[int, Grayscale] = {}
        self._measured: Window | None = None
        self._palette: Palette | None = None
        self._table: tuple[object, NDArray[Any]] | None = None

    @property
    def is_monochrome(self) -> bool:
        """Whether stored values are greys, which windows apply to."""
        return self.photometric_interpretation in _MONOCHROME

    def voi_luts(self, frame: int = 0) -> tuple[VoiLut, ...]:
        """The VOI LUTs that the image offers for ``frame``, tables first, then windows."""
        modality = self._modality(frame)
        negative = not isinstance(modality, LookupTable) and (
            self.description.is_signed or modality.intercept < 0 or modality.slope < 0
        )
        return voi_luts(self.data_set, frame, signed=negative)

    def pipeline(self, frame: int = 0) -> Grayscale:
        """The grayscale pipeline that ``frame`` of a monochrome image goes through."""
        key = frame if self._differ else 0
        found = self._pipelines.get(key)
        if found is None:
            modality = self._modality(key)
            found = Grayscale(
                modality,
                self._voi_lut(key, modality),
                self._presentation,
                self._padding,
                self.view.bits,
            )
            self._pipelines[key] = found
        return found

    def frame(self, index: int) -> NDArray[Any]:
        """The picture of frame ``index``, counted from 0: a new array.

        Of greys ``(rows, columns)`` of uint8 or, with ``view.bits`` 16, uint16; of colours
        ``(rows, columns, 3)`` of uint8, red, green, blue. Raises InvalidValue for a frame that is
        not there, DataErrors where it cannot be decoded.
        """
        self._check(index)
        return self._picture(index, np.asarray(self.frames[index]))

    def __len__(self) -> int:
        return len(self.frames)

    @overload
    def __getitem__(self, index: int) -> NDArray[Any]: ...
    @overload
    def __getitem__(self, index: slice) -> list[NDArray[Any]]: ...
    def __getitem__(self, index: int | slice) -> NDArray[Any] | list[NDArray[Any]]:
        """Render one frame, or those of a slice."""
        numbers = range(len(self))[index]
        if isinstance(numbers, range):
            return list(self.pictures(numbers))
        return self.frame(numbers)

    def __iter__(self) -> Iterator[NDArray[Any]]:
        """Render frame after frame; they are decoded ahead in threads."""
        return self.pictures(range(len(self)))

    def pictures(self, indices: Sequence[int]) -> Iterator[NDArray[Any]]:
        """The pictures of the frames ``indices``, decoded ahead in threads; see :meth:`frame`."""
        for index in indices:
            self._check(index)
        stored = self.frames.decoded(indices)
        return (
            self._picture(index, np.asarray(frame))
            for index, frame in zip(indices, stored, strict=True)
        )

    def _check(self, index: int) -> None:
        if not 0 <= index < len(self):
            raise InvalidValue(
                f"the image has {len(self)} frame{'s' * (len(self) != 1)}", tag=_NUMBER_OF_FRAMES
            )

    # ------------------------------------------------------------------ choosing

    def _modality(self, frame: int) -> ModalityLut:
        return modality_lut(self.data_set, frame, signed=self.description.is_signed)

    def _voi_lut(self, frame: int, modality: ModalityLut) -> VoiLut:
        wanted = self.view.voi
        if isinstance(wanted, Window):
            return wanted
        offered = self.voi_luts(frame)
        if isinstance(wanted, int):
            if not 0 <= wanted < len(offered):
                raise InvalidValue(
                    f"the image offers {len(offered)} windows and VOI LUTs", tag=_WINDOW_CENTER
                )
            return offered[wanted]
        if wanted is not None:
            name = wanted.strip().casefold()
            named = (lut for lut in offered if lut.explanation.strip().casefold() == name)
            return next(named, None) or preset(wanted, self.data_set.text("Modality"))
        return offered[0] if offered else self._default(modality)

    def _default(self, modality: ModalityLut) -> Window:
        """The window of an image that offers none; the same for all frames, not to flicker."""
        description = self.description
        if isinstance(modality, LookupTable):
            return full_window(modality.bits, signed=False)
        few = description.kind is PixelKind.INTEGER and description.bits_stored <= 8
        if few and modality.is_identity:
            return full_window(description.bits_stored, signed=description.is_signed)
        if self._measured is None:
            self._measured = measured_window(self._measurable())
        return self._measured

    def _measurable(self) -> Iterator[NDArray[Any]]:
        """Values of a few frames, evenly spread, without padding."""
        count = min(len(self), _MEASURED_FRAMES)
        for index in np.linspace(0, len(self) - 1, count).round().astype(int).tolist():
            try:
                stored = thinned(np.asarray(self.frames[index]))
            except DataError:
                continue  # it is told when this frame itself is wanted
            if self._padding is not None:
                stored = stored[~self._padding.holds(stored)]
            yield self._modality(index).apply(stored)

    # ------------------------------------------------------------------ rendering

    def _picture(self, index: int, stored: NDArray[Any]) -> NDArray[Any]:
        if self.is_monochrome:
            picture = self._monochrome(index, stored)
        elif self.photometric_interpretation == "RGB":
            picture = self._true_colour(stored)
        else:
            colours = self._colours()
            picture = self._mapped("palette", colours.apply, stored)
            picture = 255 - picture if self.view.inverted else picture
        return self._with_overlays(index, picture) if self._overlays else picture

    def _mapped(
        self, key: object, apply: Callable[[NDArray[Any]], NDArray[Any]], stored: NDArray[Any]
    ) -> NDArray[Any]:
        """``apply(stored)``, by the table of the frame before where ``key`` is still the same."""
        if not fits_table(stored.dtype):
            return apply(stored)
        if self._table is None or self._table[0] != key:
            self._table = key, value_table(apply, stored.dtype)
        return look_up(self._table[1], stored)

    def _monochrome(self, index: int, stored: NDArray[Any]) -> NDArray[Any]:
        pipeline = self.pipeline(index)
        if not has_supplemental_palette(self.data_set, index):
            return self._mapped(pipeline, pipeline.apply, stored)
        return self._mapped(
            (pipeline, "palette"),
            lambda values: self._supplemented(pipeline.apply(values), values),
            stored,
        )

    def _supplemented(self, greys: NDArray[Any], stored: NDArray[Any]) -> NDArray[np.uint8]:
        """Greys, and the colours of the supplemental palette from its first stored value on."""
        colours = self._colours()
        levels = greys if greys.dtype == np.uint8 else (greys >> 8).astype(np.uint8)
        picture = np.repeat(levels[..., np.newaxis], 3, axis=-1)
        coloured = stored >= colours.first
        picture[coloured] = colours.apply(stored[coloured])
        return picture

    def _colours(self) -> Palette:
        if self._palette is None:
            self._palette = palette(self.data_set, signed=self.description.is_signed)
        return self._palette

    def _true_colour(self, stored: NDArray[Any]) -> NDArray[Any]:
        bits = self.description.bits_stored
        if stored.dtype == np.uint8 and bits == 8:
            return 255 - stored if self.view.inverted else np.array(stored, order="C")
        window = full_window(bits, signed=self.description.is_signed)
        samples = Grayscale(Rescale(), window, Presentation(self.view.inverted))
        return self._mapped(samples, samples.apply, stored)

    def _with_overlays(self, index: int, picture: NDArray[Any]) -> NDArray[Any]:
        cells: NDArray[Any] | None = None
        for overlay in self._overlays:
            if not overlay.covers(index):
                continue
            try:
                if overlay.bit is not None and cells is None:
                    cells = pixel_cells(self.data_set, self.frames, index)
                mask = overlay.mask(index, cells)
            except DataError as error:
                # LENIENT: overlays cut short; the picture is worth more than what is drawn on it.
                self.data_set.parser.tolerate(error.message, error.tag, 0, type(error))
                continue
            picture = draw(picture, mask, overlay.origin, self.view.overlay_colour)
        return picture
