"""``filmroom config``: show the settings with their meaning, or check them."""

from __future__ import annotations

import json
import re

import typer

from filmroom.cli.options import Config, Json, settings_of
from filmroom.cli.remote import print_json
from filmroom.config import Settings

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add the commands to ``app``."""
    group = typer.Typer(help="Show or check the settings.", no_args_is_help=True)
    group.command("show", epilog="Example: filmroom config show")(_show)
    group.command("check", epilog="Example: filmroom config check --config filmroom.toml")(_check)
    app.add_typer(group, name="config")


def _show(as_json: Json = False, config: Config = None) -> None:
    """Print every setting as it is in force, as a filmroom.toml with its meaning."""
    values = settings_of(config).model_dump(mode="json")
    if as_json:
        print_json(values)
        return
    tables = []
    for name, field in Settings.model_fields.items():
        value = values[name]
        lines = [f"# {field.description}"]
        if isinstance(value, dict):
            lines += [
                f"[{name}.{_toml_key(key)}]\n{_assignments(entry)}" for key, entry in value.items()
            ]
            if not value:
                lines += [f"# [{name}.WORKSTATION]", '# host = "10.0.0.5"', "# port = 104"]
            tables.append("\n".join(lines))
            continue
        setting = f"{name} = {_toml(value)}"
        lines.append(f"# {name} =" if value is None else setting)
        print("\n".join(lines))  # noqa: T201
    print("\n".join(tables))  # noqa: T201


def _assignments(entry: dict[str, object]) -> str:
    return "\n".join(f"{name} = {_toml(value)}" for name, value in entry.items())


def _toml(value: object) -> str:
    # Strings, numbers, booleans and lists are the same in TOML.
    return json.dumps(value, ensure_ascii=False)


def _toml_key(name: str) -> str:
    """An AE title as TOML's key: bare where that is allowed."""
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else _toml(name)


def _check(config: Config = None) -> None:
    """Check the settings: exit code 0 when they can work, else what is wrong and how to mend it."""
    settings = settings_of(config)
    print(f"settings are good: data in {settings.data}, AE title {settings.aet}")  # noqa: T201
