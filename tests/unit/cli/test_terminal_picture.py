import io

import numpy as np
import pytest
from rich.console import Console

from filmroom.cli.terminal_picture import TerminalPicture
from filmroom.pixels.resampling import resample

RANDOM = np.random.default_rng(6)


def console(color_system="truecolor", width=20, height=12, encoding="utf-8", **options):
    file = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    return Console(
        file=file,
        force_terminal=True,
        color_system=color_system,
        width=width,
        height=height,
        legacy_windows=False,
        **options,
    )


def shown(console, picture):
    """Lines of (character, upper colour, lower colour) that Rich would print."""
    lines = [[]]
    for segment in console.render(TerminalPicture(picture)):
        if segment.text == "\n":
            lines.append([])
            continue
        style = segment.style
        colours = (style.color, style.bgcolor) if style else (None, None)
        lines[-1] += [(character, *colours) for character in segment.text]
    return [line for line in lines if line]


def pixels(console, picture):
    """The picture that the half blocks show."""
    rows = []
    for line in shown(console, picture):
        assert {cell[0] for cell in line} == {"▀"}
        rows += [[tuple(cell[half].triplet) for cell in line] for half in (1, 2)]
    return np.array(rows)


def test_each_character_shows_two_pixels_in_their_own_colours():
    picture = RANDOM.integers(0, 256, (20, 20, 3)).astype(np.uint8)
    assert np.array_equal(pixels(console(), picture), picture)


def test_greys_are_shown_as_greys():
    picture = RANDOM.integers(0, 256, (20, 20)).astype(np.uint8)
    assert np.array_equal(pixels(console(), picture), np.repeat(picture[..., None], 3, axis=2))
    deep = picture.astype(np.uint16) * 257
    assert np.array_equal(pixels(console(), deep)[..., 0], picture)


@pytest.mark.parametrize(
    ("shape", "size", "expected"),
    [
        ((100, 100), (20, 12), (20, 20)),
        ((100, 100), (20, 40), (20, 20)),
        ((100, 200), (20, 12), (10, 20)),
        ((200, 100), (20, 12), (20, 10)),
        ((5, 5), (20, 12), (20, 20)),
        ((100, 300), (20, 12), (8, 20)),
        ((1, 500), (20, 12), (2, 20)),
    ],
)
def test_a_picture_fills_the_terminal_and_leaves_room_for_the_prompt(shape, size, expected):
    picture = RANDOM.integers(0, 256, shape).astype(np.uint8)
    found = pixels(console(width=size[0], height=size[1]), picture)
    assert found.shape[:2] == expected
    assert np.array_equal(found[..., 0], resample(picture, *expected))


def test_even_areas_are_one_piece_of_output():
    segments = list(console().render(TerminalPicture(np.zeros((20, 20), np.uint8))))
    assert len([segment for segment in segments if segment.text != "\n"]) == 10


def test_rich_turns_colours_into_those_of_a_terminal_of_256():
    screen = console("256")
    screen.print(TerminalPicture(np.full((20, 20), 128, np.uint8)))
    screen.file.seek(0)
    output = screen.file.read()
    assert "\x1b[38;5;" in output
    assert "38;2;" not in output


@pytest.mark.parametrize(
    "screen",
    [
        console(None),
        console("standard"),
        console("truecolor", no_color=True),
        console("truecolor", encoding="latin-1"),
    ],
    ids=["no terminal", "16 colours", "NO_COLOR", "no Unicode"],
)
def test_where_colours_are_missing_characters_stand_for_greys(screen):
    picture = np.repeat(np.linspace(0, 255, 20, dtype=np.uint8)[None], 20, axis=0)
    lines = shown(screen, picture)
    assert len(lines) == 10
    for line in lines:
        text = "".join(cell[0] for cell in line)
        assert text == "  ..::--==++**##%%@@"
        assert all(cell[1:] == (None, None) for cell in line)


def test_the_ramp_goes_by_the_brightness_of_colours():
    picture = np.zeros((2, 3, 3), np.uint8)
    picture[:, 0, 2], picture[:, 1, 1], picture[:, 2] = 255, 255, 255
    (line,) = shown(console(None, width=3, height=3), picture)
    assert [cell[0] for cell in line] == [".", "+", "@"]
