"""Draw a real session with Filmroom as an SVG: ``python tools/draw_session.py [OUT.svg]``.

Starts the archive with its sample study on port 11112, asks it with DCMTK's ``findscu`` and with
``filmroom find``, and draws what was really printed. Needs DCMTK and the port.
"""

from __future__ import annotations

import io
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from rich._export_format import CONSOLE_SVG_FORMAT
from rich.console import Console
from rich.terminal_theme import MONOKAI
from rich.text import Text

WIDTH = 116
"""Columns of the drawn terminal."""

FILMROOM = Path(sys.executable).with_name("filmroom")
STUDY_QUERY = (
    "findscu -S -aec FILMROOM -k QueryRetrieveLevel=STUDY -k PatientName -k StudyInstanceUID"
    " 127.0.0.1 11112"
)
SERIES_QUERY = (
    "filmroom find 127.0.0.1 11112 --level series --relational -k PatientName='phantom*'"
    " -k SeriesDescription"
)


def output_of(command: str) -> str:
    """What ``command`` prints, both streams as a terminal would show them."""
    # pynetdicom installs programs of DCMTK's names beside ours: DCMTK's own are wanted.
    words = shlex.split(command)
    program = str(FILMROOM) if words[0] == "filmroom" else shutil.which(words[0], path="/usr/bin")
    done = subprocess.run(
        [program or words[0], *words[1:]],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=True,
    )
    # DCMTK prints the null that pads a UID.
    return done.stdout.replace("\0", "")


def session() -> list[tuple[str, str]]:
    """Commands and what they printed."""
    with tempfile.TemporaryDirectory() as folder:
        server = subprocess.Popen(
            [FILMROOM, "serve", "--sample"],
            cwd=folder,
            env={**os.environ, "PATH": f"{os.environ['PATH']}:{FILMROOM.parent}"},
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert server.stdout is not None
        try:
            announced = []
            for line in server.stdout:
                announced.append(line)
                if "Ctrl-C" in line:
                    break
            else:
                raise SystemExit("filmroom serve did not start: is port 11112 free?")
            return [
                ("filmroom serve --sample", "".join(announced)),
                (STUDY_QUERY, output_of(STUDY_QUERY)),
                (SERIES_QUERY, output_of(SERIES_QUERY)),
            ]
        finally:
            server.terminate()
            server.wait(30)


def draw(commands: list[tuple[str, str]]) -> str:
    """The SVG; fonts come from the reader's machine, nothing is fetched."""
    console = Console(record=True, width=WIDTH, file=io.StringIO())
    for number, (command, output) in enumerate(commands):
        if number:
            console.print()
        console.print(Text("$ ", style="bold green") + Text(command, style="bold"))
        console.print(Text(output.rstrip()), highlight=False)
    code = re.sub(r"@font-face \{\{.*?\}\}", "", CONSOLE_SVG_FORMAT, flags=re.DOTALL)
    code = code.replace("Fira Code, monospace", "ui-monospace, Menlo, Consolas, monospace")
    svg = console.export_svg(
        title="filmroom", theme=MONOKAI, code_format=code, unique_id="filmroom"
    )
    return "\n".join(line.rstrip() for line in svg.splitlines()) + "\n"


if __name__ == "__main__":
    out = Path(sys.argv[1] if len(sys.argv) > 1 else "docs/images/session.svg")
    out.write_text(draw(session()), encoding="utf-8")
    print(f"{out}: {out.stat().st_size} bytes")
