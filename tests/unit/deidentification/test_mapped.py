import mmap
import subprocess
import sys

import pytest
from identifiable import ct_image, pixels

from filmroom.deidentification.mapped import STRETCH, in_stretches, release
from filmroom.dicom import ExplicitVRLittleEndian, write_file

MEGABYTE = 1 << 20


@pytest.fixture
def mapped(tmp_path):
    path = tmp_path / "long"
    path.write_bytes(bytes(range(256)) * (STRETCH // 128))
    with path.open("rb") as file:
        return memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))


def test_long_pieces_are_cut_and_short_ones_are_not(mapped):
    pieces = list(in_stretches([b"head", mapped, b"", b"tail"]))
    assert [len(piece) for piece in pieces] == [4, STRETCH, STRETCH, 4]
    assert b"".join(pieces) == b"head" + bytes(mapped) + b"tail"


def test_what_was_given_back_can_be_read_again(mapped):
    before = bytes(mapped[:1000])
    release(mapped)
    assert bytes(mapped[:1000]) == before


def test_other_bytes_have_nothing_to_give_back():
    release(b"bytes")
    release(memoryview(b"bytes"))


PROGRAM = """
import re, sys
from pathlib import Path
from filmroom.deidentification import Deidentifier, Option, Profile, Region, deidentify_file
source, out, regions = Path(sys.argv[1]), Path(sys.argv[2]), ()
# Of this program alone: the maximum of getrusage() begins with that of the test run.
def peak():
    return int(re.search("VmHWM:[^0-9]*([0-9]+)", open("/proc/self/status").read())[1])
before = peak()
options = ()
if sys.argv[3] == "blank":
    options, regions = (Option.CLEAN_PIXEL_DATA,), (Region(0, 0, 100, 100),)
outcome = deidentify_file(Deidentifier(Profile.basic(*options), regions=regions), source, out)
after = peak()
print(outcome.kind.value, after - before)
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="memory is counted in kilobytes")
@pytest.mark.parametrize("what", ["copy", "blank"])
def test_memory_does_not_grow_with_the_object(tmp_path, what):
    path = tmp_path / "large.dcm"
    frames = 96
    image = ct_image(**pixels(rows=1024, columns=1024, frames=frames, value=b""))
    write_file(path, image, ExplicitVRLittleEndian)
    with path.open("r+b") as file:
        file.seek(-4, 2)
        file.write((frames * MEGABYTE).to_bytes(4, "little"))
        file.truncate(file.tell() + frames * MEGABYTE)
    (tmp_path / "out").mkdir()
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, path, tmp_path / "out", what],
        capture_output=True,
        text=True,
        check=True,
    )
    kind, grown = done.stdout.split()
    assert kind == "written"
    assert int(grown) * 1024 < frames * MEGABYTE // 2
