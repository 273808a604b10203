"""``filmroom render``: images as pictures, in files or in the terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from numpy.typing import NDArray
from rich.console import Console

from filmroom.archive.import_ import walk
from filmroom.cli.local import progress
from filmroom.cli.options import Json
from filmroom.cli.remote import print_json, tell
from filmroom.cli.render_offer import offer, offer_lines
from filmroom.cli.render_options import Size, Wish, read_colour, read_frames, read_voi
from filmroom.cli.render_output import PictureOutput, format_of
from filmroom.cli.terminal_picture import TerminalPicture
from filmroom.dicom import read_file
from filmroom.errors import FilmroomError
from filmroom.pixels.animation import encode_animation, frame_delay
from filmroom.pixels.picture import DEFAULT_QUALITY, FORMATS, PictureFormat, encode_picture
from filmroom.pixels.pixel_aspect import pixel_aspect
from filmroom.pixels.render import Renderer
from filmroom.pixels.view import View

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command("render", epilog="Example: filmroom render ct.dcm --preset lung --out lung.png")(
        _render
    )


def _render(
    paths: Annotated[
        list[Path], typer.Argument(exists=True, help="Files, or folders with all below them.")
    ],
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            metavar="FILE|DIR|-",
            help="Picture, folder, or - for standard output; default: the current folder.",
        ),
    ] = None,
    format: Annotated[
        PictureFormat | None,
        typer.Option("--format", help="Default: what --out ends with, or png."),
    ] = None,
    frame: Annotated[
        str | None,
        typer.Option(
            "--frame",
            metavar="N|N-M|all",
            help="Frames, counted from 1. Default: the first; of gif and apng all.",
        ),
    ] = None,
    window: Annotated[
        str | None,
        typer.Option(
            "--window",
            metavar="CENTRE,WIDTH[,FUNCTION]",
            help="A window; its function is linear, linear_exact or sigmoid.",
        ),
    ] = None,
    preset: Annotated[
        str | None,
        typer.Option(
            "--preset",
            help="A window by name: one that the image brings, or of CT lung, bone, brain, …",
        ),
    ] = None,
    window_index: Annotated[
        int | None,
        typer.Option(
            "--window-index", min=1, help="A window that the image brings, as --list numbers them."
        ),
    ] = None,
    invert: Annotated[bool, typer.Option("--invert", help="Render the negative.")] = False,
    overlays: Annotated[
        bool, typer.Option("--overlays/--no-overlays", help="Draw overlay planes.")
    ] = True,
    overlay_colour: Annotated[
        str, typer.Option("--overlay-colour", metavar="NAME|#RRGGBB", help="What to draw them in.")
    ] = "white",
    width: Annotated[int | None, typer.Option("--width", min=1, help="Most columns.")] = None,
    height: Annotated[int | None, typer.Option("--height", min=1, help="Most rows.")] = None,
    scale: Annotated[
        float | None, typer.Option("--scale", min=0.001, max=100, help="So many times as large.")
    ] = None,
    aspect: Annotated[
        bool, typer.Option("--aspect", help="Make pixels square where the image's are not.")
    ] = False,
    bits: Annotated[
        int, typer.Option("--bits", help="Bits of a grey: 8, or 16 for png and apng.")
    ] = 8,
    quality: Annotated[
        int,
        typer.Option("--quality", min=1, max=100, help="Of jpeg and webp; webp of 100 is exact."),
    ] = DEFAULT_QUALITY,
    terminal: Annotated[
        bool, typer.Option("--terminal", help="Draw in the terminal instead of writing files.")
    ] = False,
    list_: Annotated[
        bool, typer.Option("--list", help="Tell frames, windows and presets instead.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Render images as PNG, JPEG, WebP, animated GIF or APNG, or in the terminal.

    An image that brings no window gets one from its pixels. What cannot be rendered is told; the
    exit code is then 1.
    """
    chosen = format or (format_of(out) if out is not None else None) or PictureFormat.PNG
    facts = FORMATS[chosen]
    if bits not in (8, 16) or (bits == 16 and not facts.deep and not terminal):
        raise typer.BadParameter(f"{chosen} cannot have {bits} bits", param_hint="--bits")
    if scale is not None and (width, height) != (None, None):
        raise typer.BadParameter("give --scale, or --width and --height")
    wish = Wish(
        View(
            read_voi(window, preset, window_index),
            invert,
            overlays,
            read_colour(overlay_colour),
            bits,
        ),
        chosen,
        quality,
        read_frames(frame, several=facts.is_animated and not terminal),
        Size(height, width, scale, aspect),
    )
    faults = _Faults()
    if list_:
        _list(paths, faults, as_json)
    elif terminal:
        _show(paths, wish, faults)
    else:
        output = PictureOutput(out, chosen)
        one = len(paths) == 1 and not paths[0].is_dir()
        if output.is_standard_output and not (one and (facts.is_animated or wish.frames.is_one)):
            raise typer.BadParameter("standard output takes one picture", param_hint="--out")
        if output.is_file and not one:
            raise typer.BadParameter("give a folder for several images", param_hint="--out")
        _write(paths, wish, output, faults, as_json)
    raise typer.Exit(1 if faults.rows else 0)


class _Faults:
    """What could not be rendered."""

    def __init__(self) -> None:
        self.rows: list[dict[str, str]] = []

    @contextmanager
    def of(self, path: Path) -> Iterator[None]:
        """Keep and tell an error with ``path``, instead of raising it."""
        try:
            yield
        except (FilmroomError, OSError) as error:
            self.rows.append({"file": str(path), "fault": str(error)})
            tell(f"{path}: {error}")


def _list(paths: Iterable[Path], faults: _Faults, as_json: bool) -> None:
    found = []
    for path in walk(paths):
        with faults.of(path):
            offered = offer(read_file(path))
            found.append({"file": str(path), **offered})
            if not as_json:
                print(f"{path}: ", "\n".join(offer_lines(offered)), sep="")  # noqa: T201
    if as_json:
        print_json({"images": found, "failed": len(faults.rows), "faults": faults.rows})


def _show(paths: Iterable[Path], wish: Wish, faults: _Faults) -> None:
    console = Console()
    for path in walk(paths):
        with faults.of(path):
            file = read_file(path)
            renderer = Renderer(file.data_set, file.transfer_syntax, wish.view)
            for number in wish.frames.numbers(len(renderer)):
                aspect = pixel_aspect(file.data_set, number)
                console.print(TerminalPicture(wish.size.applied(renderer.frame(number), aspect)))


def _write(
    paths: Iterable[Path], wish: Wish, output: PictureOutput, faults: _Faults, as_json: bool
) -> None:
    written: list[dict[str, Any]] = []
    with progress() as bar:
        task = bar.add_task("render", total=None)
        work = _animation if FORMATS[wish.format].is_animated else _pictures
        for path in walk(paths):
            with faults.of(path):
                for row in work(path, wish, output, lambda: bar.advance(task)):
                    written.append({"file": str(path), **row})
    if output.is_standard_output:
        return
    if as_json:
        print_json({"written": written, "failed": len(faults.rows), "faults": faults.rows})
    else:
        count = len(written)
        print(  # noqa: T201
            f"{count} picture{'s' * (count != 1)} written, {len(faults.rows)} failed"
        )


def _pictures(
    path: Path, wish: Wish, output: PictureOutput, advance: Callable[[], None]
) -> Iterator[dict[str, Any]]:
    """Write each frame as a picture of its own; a row for each."""
    file = read_file(path)
    renderer = Renderer(file.data_set, file.transfer_syntax, wish.view)
    numbers = wish.frames.numbers(len(renderer))
    alone = len(renderer) == 1 or wish.frames.is_one
    for number, picture in zip(numbers, _sized(renderer, numbers, wish), strict=True):
        data = encode_picture(picture, wish.format, quality=wish.quality)
        place = output.write(data, path, None if alone else number + 1)
        advance()
        yield {"frame": number + 1, "picture": str(place), **_shape(picture)}


def _animation(
    path: Path, wish: Wish, output: PictureOutput, advance: Callable[[], None]
) -> Iterator[dict[str, Any]]:
    """Write all frames as one picture that moves; its row."""
    file = read_file(path)
    renderer = Renderer(file.data_set, file.transfer_syntax, wish.view)
    numbers = wish.frames.numbers(len(renderer))
    shape: dict[str, int] = {}

    def counted() -> Iterator[NDArray[Any]]:
        for picture in _sized(renderer, numbers, wish):
            shape.update(_shape(picture))
            advance()
            yield picture

    data = encode_animation(counted(), wish.format, delay=frame_delay(file.data_set))
    place = output.write(data, path)
    yield {"frames": len(numbers), "picture": str(place), **shape}


def _sized(renderer: Renderer, numbers: range, wish: Wish) -> Iterator[NDArray[Any]]:
    for number, picture in zip(numbers, renderer.pictures(numbers), strict=True):
        yield wish.size.applied(picture, pixel_aspect(renderer.data_set, number))


def _shape(picture: NDArray[Any]) -> dict[str, int]:
    return {"rows": picture.shape[0], "columns": picture.shape[1]}
