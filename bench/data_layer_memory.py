"""The memory that a file of 4 GB takes, each step in a process of its own."""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from data_layer_objects import ct_image, sparse

SIZE = 4_294_000_000
LIMIT_MB = 50

STEPS = {
    "importing what reads": "",
    "opening it": "file = read_file(path)",
    "opening it, header read and looked at": (
        "file = read_file(path); [e.value for e in file.data_set if e.tag != 0x7FE00010]"
    ),
    "opening it, three frames read": (
        "file = read_file(path); frames = Frames(file.data_set, file.transfer_syntax);"
        " [int(frames[n].sum()) for n in (0, len(frames) // 2, len(frames) - 1)]"
    ),
    "converting all of it to big endian, in pieces": (
        "file = read_file(path); out = open('/dev/null', 'wb');"
        " [out.write(p) for p in encode(file.data_set, ExplicitVRBigEndian)]"
    ),
}
"""The last one touches every page of the map, which is the file's and not the process's own."""

PIXELS = "from filmroom.pixels import Frames"

CHILD = """
import sys, threading
from filmroom.dicom import ExplicitVRBigEndian, encode, read_file
{imports}
path = sys.argv[1]
def megabytes(name):
    for line in open("/proc/self/status"):
        if line.startswith(name + ":"):
            return int(line.split()[1]) / 1024
peak, done = [megabytes("RssAnon")], threading.Event()
def watch():
    while not done.wait(0.002):
        peak.append(max(peak.pop(), megabytes("RssAnon")))
watching = threading.Thread(target=watch)
watching.start()
before = megabytes("RssAnon")
{step}
done.set()
watching.join()
print(megabytes("VmHWM"), max(peak[0], megabytes("RssAnon")) - before)
"""


def memory_lines() -> list[str]:
    """A table for people."""
    folder = Path(tempfile.mkdtemp(prefix="filmroom-bench-"))
    try:
        path = sparse(ct_image(), folder / "sparse.dcm", SIZE)
        return lines_of(path)
    finally:
        shutil.rmtree(folder)


def lines_of(path: Path) -> list[str]:
    lines = [
        "## A file of 4 GB",
        "",
        f"A sparse multi-frame CT of {path.stat().st_size / 1e9:.2f} GB, each step in a process of "
        f"its own. At most {LIMIT_MB} MB are asked for opening it. The resident peak counts Python "
        "and all imports, and pages of the mapped file, which the kernel takes back when it needs "
        "them; private is what the step itself takes beyond the imports, at its peak.",
        "",
        "| what | resident peak | private, beyond the imports |",
        "|---|--:|--:|",
    ]
    for name, step in STEPS.items():
        code = CHILD.format(step=step, imports=PIXELS * ("Frames" in step))
        done = subprocess.run(
            [sys.executable, "-c", code, path], stdout=subprocess.PIPE, text=True, check=True
        )
        peak, taken = map(float, done.stdout.split())
        lines.append(f"| {name} | {peak:.0f} MB | {max(taken, 0):.1f} MB |")
    return lines
