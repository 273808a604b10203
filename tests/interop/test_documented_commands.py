"""The commands of the documentation, run as they stand there, against a server of their own.

A block under ``<!-- tested -->`` is run, one under ``<!-- tested: fails -->`` must fail; the block
under a following ``<!-- output -->`` must be in what was printed, line after line, where ``…``
stands for anything. All blocks of a page are one shell session in one folder. A page says
``<!-- server: FLAGS -->`` to have flags for its server, which holds the sample study, and
``<!-- server: none -->`` to have a data folder whose server has been stopped.
"""

import os
import re
import shutil
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import imagecodecs
import numpy as np
import pytest
from processes import FILMROOM, filmroom_server, free_port, require, run

ROOT = Path(__file__).parents[2]
BLOCK = re.compile(
    r"<!-- tested(?P<fails>: fails)? -->\n```(?P<language>sh|python)\n(?P<code>.*?)^```\n"
    r"(?:\n<!-- output -->\n```text\n(?P<output>.*?)^```\n)?",
    re.MULTILINE | re.DOTALL,
)
SERVER = re.compile(r"<!-- server: (.*) -->")
PAGES = [
    page
    for page in (ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")))
    if BLOCK.search(page.read_text())
]
DCMTK = re.compile(
    r"^\s*(?:until )?((?:echo|store|find|get|move)scu|storescp|img2dcm|dcmj2pnm|dcmdump)\b",
    re.MULTILINE,
)


@dataclass
class Block:
    """A tested block of a page."""

    code: str
    language: str
    fails: bool
    output: str

    def script(self, number: int, folder: Path) -> str:
        """Shell that runs the block and then prints a line that nothing else prints."""
        code = self.code
        if self.language == "python":
            name = f"block{number}.py"
            (folder / name).write_text(code)
            code = f".venv/bin/python {name}\n"
        if self.fails:
            code = f"if {{\n{code}}}; then exit 99; fi\n"
        return f"{code}echo '@end {number}'\n"


def blocks(text: str) -> list[Block]:
    return [
        Block(found["code"], found["language"], bool(found["fails"]), found["output"] or "")
        for found in BLOCK.finditer(text)
    ]


def folder_for_a_reader(folder: Path) -> None:
    """What the reader of a page has: the clone's environment, and a photograph."""
    (folder / ".venv").symlink_to(Path(FILMROOM).parents[1])
    shutil.copy(ROOT / "pyproject.toml", folder)
    red, green = np.mgrid[0:96, 0:128].astype(np.uint8)
    photo = np.stack([red, green, red + green], axis=-1)
    (folder / "photo.jpg").write_bytes(imagecodecs.jpeg8_encode(photo, level=90))


def environment() -> dict[str, str]:
    """The reader's path: DCMTK's own programs before those of the same name beside ours."""
    ours = str(Path(FILMROOM).parent)
    others = [part for part in os.environ["PATH"].split(":") if part != ours]
    clean = {k: v for k, v in os.environ.items() if not k.startswith("FILMROOM_")}
    return {**clean, "PATH": ":".join([*others, ours]), "COLUMNS": "160"}


def missing_lines(expected: str, printed: str) -> list[str]:
    """The lines of ``expected`` that do not come in their order in ``printed``."""
    lines = iter(printed.splitlines())
    missing = []
    for line in expected.splitlines():
        pattern = ".*".join(map(re.escape, line.rstrip().split("…")))
        if line.strip(" …") and not any(re.fullmatch(pattern, had.rstrip()) for had in lines):
            missing.append(line)
    return missing


@pytest.fixture(scope="module")
def sample_data(tmp_path_factory):
    """A data folder with the sample study, drawn once."""
    data = tmp_path_factory.mktemp("sample") / "filmroom-data"
    with filmroom_server(data, "--sample") as server:
        server.stop()
    return data


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_what_a_page_tells_to_type(page, tmp_path, sample_data):
    text = page.read_text()
    peer_port = str(free_port())
    text = text.replace("11113", peer_port)
    found = SERVER.search(text)
    flags = found[1].split() if found else []
    for tool in set(DCMTK.findall("\n".join(block.code for block in blocks(text)))):
        require(tool)
    folder_for_a_reader(tmp_path)
    data = tmp_path / "filmroom-data"
    shutil.copytree(sample_data, data)
    with ExitStack() as stack:
        if flags != ["none"]:
            server = stack.enter_context(filmroom_server(data, *flags))
            text = text.replace("11112", str(server.port))
        session = blocks(text)
        script = "set -e\n" + "".join(
            block.script(number, tmp_path) for number, block in enumerate(session)
        )
        done = run("bash", "-c", f"exec 2>&1\n{script}", cwd=tmp_path, env=environment())
    printed = re.split(r"^@end \d+\n", done.stdout, flags=re.MULTILINE)
    for block, output in zip(session, printed, strict=False):
        missing = missing_lines(block.output, output)
        assert not missing, f"{block.code}\nprinted\n{output}\nwithout {missing}"


def test_missing_lines_are_found():
    printed = "one\ntwo 2.25.7 three\nfour\n"
    assert missing_lines("one\ntwo … three\n", printed) == []
    assert missing_lines("four\none\n", printed) == ["one"]
    assert missing_lines("…two…\n", printed) == []
    assert missing_lines("five\n", printed) == ["five"]
