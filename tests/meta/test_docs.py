"""The documentation against the code: generated parts, links, options, settings, statuses."""

import ast
import re
import runpy
import shlex
import sys
import tomllib
from pathlib import Path

import pytest

from filmroom import config, errors
from filmroom.dicom import TRANSFER_SYNTAXES, uid_for
from filmroom.net import status
from filmroom.services.models import QUERY_MODELS

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "filmroom"
PAGES = [
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    ROOT / "CHANGELOG.md",
    *sorted((ROOT / "docs").rglob("*.md")),
]
REFERENCE = runpy.run_path(str(ROOT / "tools/write_reference.py"))
COMMANDS = dict(REFERENCE["commands"]())
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
REFRESH = "run `.venv/bin/python tools/write_reference.py`"


def name_of(path):
    return str(path.relative_to(ROOT))


def prose(text):
    """A page without its code blocks."""
    return FENCE.sub("", text)


def blocks(language):
    """Every code block of a language, with its page."""
    return [
        pytest.param(page, code, id=f"{name_of(page)}-{number}")
        for page in PAGES
        for number, (found, code) in enumerate(FENCE.findall(page.read_text()))
        if found == language
    ]


# ── what is generated ───────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_generated_parts_are_as_the_code_is(page):
    text = page.read_text()
    assert text == REFERENCE["refreshed"](text), REFRESH


@pytest.mark.parametrize("page", ["docs/reference/cli.md", "README.md"])
def test_every_command_is_in_the_reference(page):
    text = (ROOT / page).read_text()
    heading = "## {}\n" if page.endswith("cli.md") else "[`{}`]"
    missing = [name for name in COMMANDS if heading.format(name) not in text]
    assert not missing, f"missing commands: {', '.join(missing)}; {REFRESH}"


def test_every_option_is_in_the_reference():
    text = (ROOT / "docs/reference/cli.md").read_text()
    for name, command in COMMANDS.items():
        section = text.partition(f"## {name}\n")[2].partition("\n## ")[0]
        missing = [
            option
            for parameter in command.params
            for option in parameter.opts
            if option.startswith("--") and option != "--help" and f"`{option}`" not in section
        ]
        assert not missing, f"{name}: {missing}; {REFRESH}"


def test_every_setting_is_in_the_reference():
    text = (ROOT / "docs/reference/settings.md").read_text()
    missing = [name for name in config.Settings.model_fields if f"| `{name}` |" not in text]
    assert not missing, REFRESH


def test_every_error_is_in_the_reference():
    text = (ROOT / "docs/reference/errors.md").read_text()
    names = [name for name in errors.__all__ if name[0].isupper() and name not in ("DIMSE_STATUS",)]
    kinds = [name for name in names if isinstance(getattr(errors, name), type)]
    missing = [name for name in kinds if f"| `{name}` | {getattr(errors, name).code} |" not in text]
    assert not missing, REFRESH


def test_every_room_that_exports_names_is_in_the_reference():
    text = (ROOT / "docs/reference/python.md").read_text()
    rooms = [path.parent for path in SOURCE.glob("*/__init__.py") if "__all__" in path.read_text()]
    missing = [r.name for r in rooms if r.name != "cli" and f"### filmroom.{r.name}\n" not in text]
    assert not missing


def test_generated_parts_are_the_same_in_every_run():
    """No addresses of objects, as a repr has them."""
    for page in PAGES:
        assert " at 0x" not in page.read_text()


def test_generated_parts_exist_and_are_used():
    used = {
        found
        for page in PAGES
        for found in re.findall(r"^<!-- generated: (\S+) -->$", page.read_text(), re.MULTILINE)
    }
    assert used == set(REFERENCE["BLOCKS"])


# ── links ───────────────────────────────────────────────────────────────────────────────────────


def anchors(page):
    return {
        REFERENCE["_slug"](re.sub(r"[`*]", "", heading))
        for heading in re.findall(r"^#+ (.+)$", prose(page.read_text()), re.MULTILINE)
    }


def links(page):
    return re.findall(r"\]\(([^)\s]+)\)", prose(page.read_text()))


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_links_lead_somewhere(page):
    for link in links(page):
        target, _, anchor = link.partition("#")
        if re.match(r"[a-z]+:", target):
            continue
        found = (page.parent / target).resolve() if target else page
        assert found.exists(), f"{link} leads nowhere"
        if anchor:
            assert anchor in anchors(found), f"{link}: no such heading"


def test_every_page_is_linked():
    """From another page, so that a reader finds it."""
    linked = {
        (page.parent / link.partition("#")[0]).resolve()
        for page in PAGES
        for link in links(page)
        if link.partition("#")[0] and not re.match(r"[a-z]+:", link)
    }
    missing = [name_of(p) for p in PAGES if p.resolve() not in linked and p.name != "README.md"]
    assert not missing, f"{missing}: {REFRESH}, or link them"


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_a_page_has_one_title(page):
    titles = re.findall(r"^# .+$", prose(page.read_text()), re.MULTILINE)
    assert len(titles) == 1


# ── names in the text ───────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_files_that_are_named_exist(page):
    """Paths in backticks, below the repository, the source or the page."""
    for name in re.findall(r"`((?:[\w.-]+/)+[\w.-]+|\w+\.py)`", prose(page.read_text())):
        if not name.endswith((".py", ".md", ".sh")):
            continue
        places = (ROOT, SOURCE, page.parent, ROOT / "tests", ROOT / "docs")
        assert any((place / name).exists() for place in places), f"{name} is not there"


def invocations(text):
    """The `filmroom …` commands in a shell block or a unit file."""
    text = text.replace("\\\n", " ")
    for line in text.splitlines():
        for part in re.split(r"\||;|&&|\$\(|<<|>", line.strip()):
            found = re.search(r"(?:^|[\s=/])filmroom ((?!\.git)[a-z-].*)", part)
            if found and not part.startswith("#"):
                yield found[1]


SHELL_BLOCKS = [*blocks("sh"), *blocks("ini")]


@pytest.mark.parametrize(("page", "code"), SHELL_BLOCKS)
def test_commands_and_options_exist(page, code):
    for invocation in invocations(code):
        words = shlex.split(invocation.rstrip(") '\"&"), comments=True)
        if words[0].startswith("-"):
            continue
        name = next(
            (f"filmroom {' '.join(words[:n])}" for n in (2, 1) if is_command(words[:n])), None
        )
        assert name, f"filmroom {invocation}: no such command"
        known = {option for parameter in COMMANDS[name].params for option in parameter.opts}
        for word in words:
            if re.match(r"--?[a-z]", word):
                option = word.partition("=")[0]
                assert option in known | {"--help", "-h"}, f"{name} has no {option}"


def is_command(words):
    return f"filmroom {' '.join(words)}" in COMMANDS


@pytest.mark.parametrize(("page", "code"), blocks("toml"))
def test_settings_in_toml_can_be_loaded(page, code, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "given.toml"
    file.write_text(code)
    loaded = config.load_settings(file)
    assert set(tomllib.loads(code)) <= set(type(loaded).model_fields)


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_variables_are_settings(page):
    fields = config.Settings.model_fields
    for name in re.findall(r"\bFILMROOM_([A-Z][A-Z_]+)\b", page.read_text()):
        assert name.lower() in fields, f"FILMROOM_{name}"


def test_error_codes_that_are_named_exist():
    codes = {
        getattr(errors, name).code
        for name in errors.__all__
        if isinstance(getattr(errors, name), type)
    }
    for page in PAGES:
        for code in re.findall(r"\[(-8\d\d)\]", page.read_text()):
            assert int(code) in codes, f"{name_of(page)}: {code}"


def logged_events():
    """Names of the events that the source logs."""
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and ast.unparse(node.func.value) == "_log"
                and isinstance(node.args[0], ast.Constant)
            ):
                yield node.args[0].value


def test_every_event_in_the_log_is_explained():
    text = (ROOT / "docs/how-to/troubleshoot.md").read_text()
    explained = text.partition("## Reading the log")[2].partition("\n## ")[0]
    named = {
        name
        for row in re.findall(r"^\| (`[^|]+) \|", explained, re.MULTILINE)
        for name in re.findall(r"`(\w+)`", row)
    }
    missing = set(logged_events()) - named
    assert not missing, "explain them in docs/how-to/troubleshoot.md"


# ── architecture and conformance ────────────────────────────────────────────────────────────────


def test_the_drawing_of_the_rooms_is_the_contract():
    contract = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    layers = [
        re.findall(r"filmroom\.(\w+)", layer)
        for layer in next(c for c in contract["contracts"] if c["type"] == "layers")["layers"]
    ]
    drawing = FENCE.findall((ROOT / "docs/architecture.md").read_text())[0][1]
    drawn = [
        re.findall(r"(?:^|\| +)(\w+)(?= {2,}|:)", line)
        for line in drawing.splitlines()
        if not line.startswith(" ")
    ]
    assert drawn == layers


def test_every_room_is_drawn():
    rooms = {path.parent.name for path in SOURCE.glob("*/__init__.py")}
    drawing = FENCE.findall((ROOT / "docs/architecture.md").read_text())[0][1]
    assert [room for room in sorted(rooms) if not re.search(rf"\b{room}\b", drawing)] == []


def conformance():
    return (ROOT / "docs/conformance.md").read_text()


def statuses_of(section):
    text = conformance().partition(f"**Status codes** of {section}")[2]
    rows = re.findall(r"^\| `([0-9A-F]{4})` \| (.+?) \|", text.partition("\n#")[0], re.MULTILINE)
    assert rows
    return {int(code, 16): meaning for code, meaning in rows}


@pytest.mark.parametrize(
    ("section", "services"),
    [
        ("C-STORE-RSP", ("C-STORE",)),
        ("C-FIND-RSP", ("C-FIND",)),
        ("C-MOVE-RSP and C-GET-RSP", ("C-MOVE", "C-GET")),
    ],
)
def test_statuses_of_the_conformance_statement(section, services):
    """Each is a status of the service, and each that an error can become is there."""
    given = statuses_of(section)
    known = {
        row.first: row.category
        for service in services
        for row in (*status.GENERAL, *status.SERVICES[service])
    }
    for code, meaning in given.items():
        # Out of resources is no status of C-MOVE's own: what a stopping server refuses with.
        assert code in known or code == 0xA700, f"{code:04X}"
        words = {
            status.Category.PENDING: "pending",
            status.Category.SUCCESS: "success",
            status.Category.CANCEL: "cancel",
            status.Category.WARNING: "warning",
        }
        word = words.get(status.category(code))
        assert word is None or word in meaning


def test_statuses_that_the_services_send_are_stated():
    stated = {int(code, 16) for code in re.findall(r"`([0-9A-F]{4})`", conformance())}
    sent = set()
    for path in (*(SOURCE / "services").glob("*.py"), *(SOURCE / "server").glob("*.py")):
        sent |= {int(c, 16) for c in re.findall(r"\b0x([0-9A-F]{4})\b", path.read_text())}
    raised_by_services = {
        *(errors.DataError, errors.MissingRequiredTag, errors.InvalidUID, errors.StorageFailed),
        *(errors.DuplicateSopInstance, errors.OutOfResources, errors.IdentityMismatch),
        *(errors.QueryFailed, errors.TooManyMatches, errors.InvalidIdentifier),
        errors.UnknownDestination,
    }
    sent |= {errors.dimse_status(kind.__new__(kind)) for kind in raised_by_services}
    assert sent <= stated, [f"{code:04X}" for code in sorted(sent - stated)]


def test_the_conformance_statement_names_all_models_and_the_implementation():
    from filmroom.dicom import IMPLEMENTATION_CLASS_UID, IMPLEMENTATION_VERSION_NAME

    text = conformance()
    for uid in (*QUERY_MODELS, *TRANSFER_SYNTAXES, IMPLEMENTATION_CLASS_UID):
        assert uid in text
    assert IMPLEMENTATION_VERSION_NAME in text
    assert uid_for("Verification") in text


def test_bounds_in_the_texts_are_those_of_the_code():
    """Numbers that prose repeats; a change of the code must reach the page."""
    from filmroom.archive.archive import _READ_CHUNK
    from filmroom.net.pdata import MAX_COMMAND_LENGTH
    from filmroom.net.pdu import MAX_CONTROL_LENGTH
    from filmroom.transport.connection import (
        MAX_OPERATIONS,
        MAX_UNREGULATED,
        RECEIVE_BUFFER,
        WRITE_HIGH_WATER,
    )
    from filmroom.transport.operation import MAX_COLLECTED

    text = (ROOT / "docs/architecture.md").read_text()
    for sentence in (
        f"one buffer of {RECEIVE_BUFFER >> 10} KiB",
        f"in pieces of {_READ_CHUNK >> 10} KiB",
        f"sending pauses at {WRITE_HIGH_WATER >> 10} KiB",
        f"| a command set | {MAX_COMMAND_LENGTH >> 10} KiB |",
        f"| an association PDU | {MAX_CONTROL_LENGTH >> 20} MiB |",
        f"| an identifier | {MAX_COLLECTED >> 20} MiB |",
        f"| {MAX_OPERATIONS} | the socket is not read until one ends; {MAX_UNREGULATED} where",
        f"| `max_pdu` ({config.Settings.model_fields['max_pdu'].default >> 10} KiB) |",
    ):
        assert sentence in text, sentence


def test_the_tool_checks_without_writing(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["write_reference.py", "--check"])
    assert REFERENCE["main"]() == 0
    assert "all pages are as the code is" in capsys.readouterr().out
