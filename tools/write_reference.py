"""Write the parts of the documentation that repeat the code: ``python tools/write_reference.py``.

A page says ``<!-- generated: NAME -->`` and ``<!-- end -->``; what stands between is written here
out of the command line, the settings, the errors and the tables of the services. With ``--check``
nothing is written and stale pages are an error. Run it after adding a command, a setting, an error
or a page.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

import typer
from pydantic.fields import FieldInfo

import filmroom
from filmroom import errors
from filmroom.archive.keys import ATTRIBUTES, ITEM_VRS, Kind, Level
from filmroom.cli.main import app
from filmroom.config import Settings
from filmroom.dicom import (
    STORAGE_SOP_CLASSES,
    TRANSFER_SYNTAXES,
    ExplicitVRLittleEndian,
    TransferSyntax,
    lookup,
    transfer_syntax,
    uid_name,
)
from filmroom.dicom.charset import _SETS
from filmroom.pixels import can_transcode
from filmroom.services.models import QUERY_MODELS

ROOT = Path(__file__).resolve().parents[1]
BLOCK = re.compile(
    r"(?P<open><!-- generated: (?P<name>[a-z-]+) -->\n).*?(?P<close><!-- end -->)", re.DOTALL
)
PROGRAM = "filmroom"


def pages() -> list[Path]:
    """Every page of the documentation."""
    return [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


def table(head: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    """A Markdown table."""
    columns = list(head)
    lines = [columns, ["---"] * len(columns), *([_cell(cell) for cell in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _cell(value: object) -> str:
    return re.sub(r"\s+", " ", str(value)).replace("|", "\\|").strip()


def _prose(text: str) -> str:
    """``text`` of a help or a docstring, as Markdown that shows the same characters."""
    text = re.sub(r":(?:class|meth|mod|data|func|attr):`[~!]?(?:[\w.]*\.)?(\w+)`", r"`\1`", text)
    text = text.replace("``", "`")
    parts = re.split(r"(`[^`]*`)", text)
    return "".join(
        part if part.startswith("`") else re.sub(r"([*<])", r"\\\1", part) for part in parts
    )


def _first_line(text: str | None) -> str:
    return _prose((text or "").strip().partition("\n\n")[0])


# ── the command line ────────────────────────────────────────────────────────────────────────────


def commands(group: Any = None, prefix: str = PROGRAM) -> Iterator[tuple[str, Any]]:
    """Every command with its full name, groups taken apart."""
    top: Any = group or typer.main.get_command(app)
    for name, command in top.commands.items():
        if getattr(command, "hidden", False):
            continue
        if hasattr(command, "commands"):
            yield from commands(command, f"{prefix} {name}")
        else:
            yield f"{prefix} {name}", command


def command_table() -> str:
    """One row a command, for the README."""
    rows = (
        (f"[`{name}`](docs/reference/cli.md#{_slug(name)})", _first_line(command.help))
        for name, command in commands()
    )
    return table(("command", "does"), rows)


def cli() -> str:
    """A section for each command."""
    return "\n\n".join(_section(name, command) for name, command in commands())


def _section(name: str, command: Any) -> str:
    shown = [p for p in command.params if not getattr(p, "hidden", False) and p.name != "help"]
    arguments = [p for p in shown if p.param_type_name == "argument"]
    usage = " ".join([name, *(_argument(p) for p in arguments), "[OPTIONS]"])
    parts = [f"## {name}", _prose(inspect.cleandoc(command.help or "")), f"```text\n{usage}\n```"]
    rows = [(_names(p), _meaning(p)) for p in shown]
    if rows:
        parts.append(table(("argument or option", "meaning"), rows))
    example = (command.epilog or "").removeprefix("Example:").strip()
    if example:
        parts.append(f"Example:\n\n```sh\n{example}\n```")
    return "\n\n".join(parts)


def _argument(parameter: Any) -> str:
    name = (parameter.metavar or parameter.name).upper()
    name += "…" if parameter.nargs == -1 else ""
    return name if parameter.required else f"[{name}]"


def _names(parameter: Any) -> str:
    if parameter.param_type_name == "argument":
        return f"`{_argument(parameter)}`"
    names = ", ".join(f"`{name}`" for name in (*parameter.opts, *parameter.secondary_opts))
    if parameter.is_flag:
        return names
    return f"{names} `{(parameter.metavar or parameter.name).upper()}`"


def _meaning(parameter: Any) -> str:
    text = _prose(parameter.help or "")
    default = parameter.default
    if parameter.required and parameter.param_type_name != "argument":
        text += " Required."
    elif isinstance(default, str | int | float) and not isinstance(default, bool):
        text += f" Default: `{default}`."
    return text


# ── settings ────────────────────────────────────────────────────────────────────────────────────


def settings() -> str:
    """One row a setting."""
    flags = _flags_of_serve()
    rows = (
        (
            f"`{name}`",
            _values(field),
            _default(field),
            f"`{flags[name]}`" if name in flags else "",
            _prose(field.description or ""),
        )
        for name, field in Settings.model_fields.items()
    )
    return table(("setting", "values", "default", "flag of `serve`", "meaning"), rows)


def _flags_of_serve() -> dict[str, str]:
    serve = dict(commands())[f"{PROGRAM} serve"]
    return {"destinations" if p.name == "destination" else p.name: p.opts[0] for p in serve.params}


def _values(field: FieldInfo) -> str:
    kind = field.annotation
    if get_origin(kind) is Literal:
        return ", ".join(f"`{value}`" for value in get_args(kind))
    bounds = {name: getattr(item, name) for item in field.metadata for name in _bounds(item)}
    names: dict[Any, str] = {bool: "`true`, `false`", int: "whole number", float: "seconds"}
    text = names.get(kind) or ("folder" if kind is Path else _text_kind(kind))
    low, high = bounds.get("ge"), bounds.get("le")
    if low is not None and high is not None:
        return f"{low} to {high}"
    if low is not None:
        return f"{text}, from {low}"
    if "gt" in bounds:
        return f"{text}, over {bounds['gt']}, at most {high}"
    return text


def _bounds(item: object) -> list[str]:
    return [name for name in ("ge", "gt", "le") if getattr(item, name, None) is not None]


def _text_kind(kind: Any) -> str:
    if get_origin(kind) is dict:
        return "table of AE titles, each with `host` and `port`"
    if get_origin(kind) is tuple:
        return "list of AE titles"
    return "text"


def _default(field: FieldInfo) -> str:
    default = field.get_default(call_default_factory=True)
    if default is None or default in ((), {}):
        return "none"
    return f"`{str(default).lower() if isinstance(default, bool) else default}`"


# ── errors ──────────────────────────────────────────────────────────────────────────────────────


def error_tree() -> str:
    """The tree as ``errors.py`` draws it."""
    drawing = (errors.__doc__ or "").partition("::\n\n")[2].partition("\n\nTwo tables")[0]
    return f"```text\n{inspect.cleandoc(drawing)}\n```"


def error_table() -> str:
    """One row a class, with what it becomes for a peer."""
    classes: list[type[errors.FilmroomError]] = [
        value
        for _, value in inspect.getmembers(errors, inspect.isclass)
        if issubclass(value, errors.FilmroomError)
    ]
    order = list(_descendants(errors.FilmroomError, classes))
    rows = (
        (
            f"`{cls.__name__}`",
            cls.code,
            f"`{_nearest(errors.DIMSE_STATUS, cls):04X}`",
            _nearest(errors.HTTP_STATUS, cls),
            _first_line(cls.__doc__),
        )
        for cls in order
    )
    return table(("error", "code", "DIMSE status", "HTTP status", "meaning"), rows)


def _descendants(root: type, classes: list[type[errors.FilmroomError]]) -> Iterator[Any]:
    yield root
    below = [cls for cls in classes if root in cls.__bases__]
    for cls in sorted(below, key=lambda cls: (-cls.code, cls.__name__)):
        yield from _descendants(cls, classes)


def _nearest(statuses: dict[type[errors.FilmroomError], int], cls: type) -> int:
    return next(statuses[kind] for kind in cls.__mro__ if kind in statuses)


# ── Python ──────────────────────────────────────────────────────────────────────────────────────


def python() -> str:
    """A section for each package that exports names."""
    sections = []
    for info in sorted(pkgutil.walk_packages(filmroom.__path__, "filmroom."), key=lambda i: i.name):
        # What lies deeper is a room's own affair.
        if (
            not info.ispkg
            or f"{info.name}.".startswith("filmroom.cli.")
            or info.name.count(".") > 2
        ):
            continue
        package = importlib.import_module(info.name)
        names = getattr(package, "__all__", [])
        if names:
            rows = [(f"`{name}`", _describe(package, name)) for name in names]
            intro = _first_line(package.__doc__)
            sections.append(f"### {info.name}\n\n{intro}\n\n{table(('name', 'what it is'), rows)}")
    return "\n\n".join(sections)


def _describe(package: Any, name: str) -> str:
    value = getattr(package, name)
    if inspect.isclass(value) or inspect.isroutine(value):
        # What a dataclass or an enumeration says of itself without a docstring is no help.
        text = vars(value).get("__doc__") if inspect.isclass(value) else value.__doc__
        if text and not text.startswith(f"{name}("):
            return _first_line(inspect.cleandoc(text))
        return ""
    if inspect.ismodule(value):
        return _first_line(value.__doc__)
    text = _constant_docstrings(Path(package.__file__).parent).get(name)
    if text is not None:
        return _first_line(text)
    if isinstance(value, int | str):
        return f"`0x{value:04X}`" if isinstance(value, int) else f"`{value}`"
    return str(value) if isinstance(value, TransferSyntax) else ""


@cache
def _constant_docstrings(package: Path) -> dict[str, str]:
    """What stands as a string under the assignments of the package's modules."""
    found: dict[str, str] = {}
    for path in sorted(package.glob("*.py")):
        body = ast.parse(path.read_text(encoding="utf-8")).body
        for statement, following in pairwise(body):
            if not isinstance(statement, ast.Assign | ast.AnnAssign):
                continue
            if isinstance(following, ast.Expr) and isinstance(following.value, ast.Constant):
                targets = (
                    statement.targets if isinstance(statement, ast.Assign) else [statement.target]
                )
                for target in targets:
                    found[ast.unparse(target)] = str(following.value.value)
    return found


# ── the conformance statement ───────────────────────────────────────────────────────────────────


def query_models() -> str:
    """The SOP classes of Query/Retrieve."""
    rows = ((uid_name(uid), f"`{uid}`", model.service.value) for uid, model in QUERY_MODELS.items())
    return table(("SOP class", "UID", "service"), rows)


def storage_sop_classes() -> str:
    """The SOP classes of Storage."""
    rows = ((name, f"`{uid}`") for uid, (_, name) in STORAGE_SOP_CLASSES.items())
    return table(("SOP class", "UID"), rows)


def transfer_syntaxes() -> str:
    """The transfer syntaxes in which data sets are kept."""
    uncompressed = transfer_syntax(ExplicitVRLittleEndian.uid)
    rows = (
        (
            syntax.name,
            f"`{uid}`",
            "yes" if can_transcode(syntax, uncompressed) else "",
            "yes" if can_transcode(uncompressed, syntax) else "",
        )
        for uid, syntax in TRANSFER_SYNTAXES.items()
    )
    return table(("transfer syntax", "UID", "decoded", "encoded"), rows)


def query_keys() -> str:
    """The keys of C-FIND, a table a level."""
    kinds = {Kind.UNIQUE: "unique", Kind.REQUIRED: "required", Kind.OPTIONAL: "optional"}
    sections = []
    for level in Level:
        rows = [
            (
                a.keyword,
                f"`{_tag(a.tag)}`",
                a.vr,
                kinds[a.kind],
                _matching(a.tag, a.vr, computed=a.computed, items=a.items),
            )
            for a in sorted(ATTRIBUTES, key=lambda a: (a.kind is Kind.OPTIONAL, a.tag))
            if a.level is level
        ]
        head = ("attribute", "tag", "VR", "key", "matching")
        sections.append(f"#### {str(level).capitalize()} level\n\n{table(head, rows)}")
    return "\n\n".join(sections)


def _tag(tag: int) -> str:
    return f"({tag >> 16:04X},{tag & 0xFFFF:04X})"


def _matching(tag: int, vr: str, *, computed: bool, items: tuple[int, ...]) -> str:
    if computed and tag not in (0x00080061, 0x00080062):
        return "none, returned only"
    if vr == "SQ":
        entries = (lookup(item) for item in items)
        names = ", ".join(entry.keyword for entry in entries if entry is not None)
        assert set(items) <= set(ITEM_VRS)
        return f"sequence: {names}"
    if vr == "UI":
        return "single value, list of UID"
    if vr in ("DA", "TM", "DT"):
        return "single value, range"
    return "single value" if vr == "US" else "single value, wild card"


def character_sets() -> str:
    """The character sets of Specific Character Set, by the number of their registration."""
    numbers = sorted(_SETS, key=int)
    return ", ".join(f"ISO_IR {number}" for number in numbers)


def time_outs() -> str:
    """The settings that are times."""
    rows = (
        (f"`{name}`", _default(field), _prose(field.description or ""))
        for name, field in Settings.model_fields.items()
        if name.endswith("_timeout")
    )
    return table(("setting", "default, seconds", "meaning"), rows)


# ── the index of the documentation ──────────────────────────────────────────────────────────────


def _title(page: Path) -> str:
    """The first heading of a page."""
    lines = page.read_text(encoding="utf-8").splitlines()
    return next(line for line in lines if line.startswith("# ")).removeprefix("# ")


def how_to_guides() -> str:
    """A line for each page of ``docs/how-to``."""
    lines = []
    for path in sorted((ROOT / "docs/how-to").glob("*.md")):
        lines.append(f"- [{_title(path)}](how-to/{path.name})")
    return "\n".join(lines)


def explanations() -> str:
    """A line for each page beside the tutorial that explains."""
    known = {"README.md", "tutorial.md", "conformance.md"}
    lines = []
    for path in sorted((ROOT / "docs").glob("*.md")):
        if path.name not in known:
            lines.append(f"- [{_title(path)}]({path.name})")
    return "\n".join(lines)


def _slug(heading: str) -> str:
    """The anchor that GitHub gives to a heading."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


BLOCKS: dict[str, Callable[[], str]] = {
    "commands": command_table,
    "cli": cli,
    "settings": settings,
    "error-tree": error_tree,
    "error-table": error_table,
    "python": python,
    "query-models": query_models,
    "storage-sop-classes": storage_sop_classes,
    "transfer-syntaxes": transfer_syntaxes,
    "query-keys": query_keys,
    "character-sets": character_sets,
    "time-outs": time_outs,
    "how-to-guides": how_to_guides,
    "explanations": explanations,
}
"""What may stand between the marks, by name."""


def refreshed(text: str) -> str:
    """A page's text with its generated blocks made anew."""
    return BLOCK.sub(
        lambda found: f"{found['open']}{BLOCKS[found['name']]()}\n{found['close']}", text
    )


def main() -> int:
    """Write the pages, or with ``--check`` name those that are stale."""
    stale = []
    for page in pages():
        text = page.read_text(encoding="utf-8")
        new = refreshed(text)
        if new != text:
            stale.append(str(page.relative_to(ROOT)))
            if "--check" not in sys.argv[1:]:
                page.write_text(new, encoding="utf-8")
    print("\n".join(stale) or "all pages are as the code is")
    return 1 if stale and "--check" in sys.argv[1:] else 0


if __name__ == "__main__":
    sys.exit(main())
