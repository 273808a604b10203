"""Every setting: its one name, its default, its bounds, and where it is read from.

Sources in rising order: the defaults here, ``filmroom.toml``, ``FILMROOM_*`` variables,
command-line flags. A setting that cannot work is refused at start with
:class:`~filmroom.errors.ConfigurationError`, which names the setting and how to mend it.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
    TomlConfigSettingsSource,
)

from filmroom.errors import ConfigurationError

__all__ = ["AETitle", "Destination", "Settings", "load_settings"]

AETitle = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=16, pattern=r"^[ -\[\]-~]+$"),
]
"""An application entity title: 1 to 16 printable ASCII characters, no backslash (PS3.5 §6.2)."""

Seconds = Annotated[float, Field(gt=0, le=86_400)]
"""A time-out in seconds, more than nothing and at most a day."""

Port = Annotated[int, Field(ge=0, le=65_535)]
"""A TCP port; 0 lets the system choose a free one."""


class Destination(BaseModel):
    """A remote application entity that C-MOVE may send to."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    host: str = Field(min_length=1, description="Host name or address")
    port: Annotated[int, Field(ge=1, le=65_535)] = Field(104, description="DICOM port")


class Settings(BaseSettings):
    """The settings of a server, checked as a whole; immutable once loaded."""

    model_config = SettingsConfigDict(
        env_prefix="FILMROOM_", extra="forbid", frozen=True, validate_default=True
    )

    data: Path = Field(
        Path("filmroom-data"), description="Folder that holds the objects and the index"
    )
    index_url: str | None = Field(
        None, description="Index; SQLite under `data` when empty (sqlite:///PATH)"
    )
    blob_url: str | None = Field(
        None, description="Objects; a folder under `data` when empty (file:///PATH)"
    )
    durability: Literal["full", "relaxed"] = Field(
        "full",
        description="full: answered means synced to disk; relaxed: survives a crash of the"
        " program, not of the machine",
    )
    on_duplicate: Literal["keep", "replace", "reject"] = Field(
        "keep",
        description="What other bytes under a known SOP Instance UID do",
    )

    aet: AETitle = Field("FILMROOM", description="Our AE title")
    host: str = Field("127.0.0.1", min_length=1, description="Address to listen on")
    dicom_port: Port = Field(11112, description="DICOM port to listen on; 0 takes a free one")
    workers: int = Field(
        0,
        ge=0,
        le=64,
        description="Processes that serve associations; 0 is one for each processor core",
    )
    check_called_aet: bool = Field(
        False, description="Reject associations that call another AE title than ours"
    )
    allowed_calling_aets: tuple[AETitle, ...] = Field(
        (), description="AE titles that may associate; empty means all"
    )
    destinations: dict[AETitle, Destination] = Field(
        default_factory=dict, description="AE titles that C-MOVE may send to"
    )
    unknown_sop_classes: bool = Field(
        False, description="Also keep instances of SOP classes that the standard does not name"
    )
    relational_queries: bool = Field(
        False, description="Answer relational queries even where the peer did not negotiate them"
    )
    max_matches: int = Field(
        0, ge=0, description="Refuse C-FIND with more matches than this; 0 is no limit"
    )

    max_associations: int = Field(
        2000, ge=1, le=100_000, description="Associations at once; more are rejected for now"
    )
    max_pdu: int = Field(
        131_072, ge=4_096, le=16_777_216, description="Largest PDU we receive, in bytes"
    )
    association_timeout: Seconds = Field(
        30, description="Seconds for an association to be asked for, answered or released (ARTIM)"
    )
    network_timeout: Seconds = Field(
        60, description="Seconds a peer may stall in the middle of a message"
    )
    idle_timeout: Seconds = Field(
        600, description="Seconds an association may stay open without a message"
    )
    dimse_timeout: Seconds = Field(
        120, description="Seconds to wait for a peer's response to a request of ours"
    )
    connect_timeout: Seconds = Field(10, description="Seconds to wait for a connection to a peer")
    stop_timeout: Seconds = Field(
        30, description="Seconds that running operations get to finish when the server stops"
    )

    verify_rate: float = Field(
        10,
        ge=0,
        le=10_000,
        description="MB a second that the server reads in the background to find damaged objects;"
        " 0 reads nothing",
    )
    verify_interval: float = Field(
        604_800,
        ge=0,
        le=315_360_000,
        description="Seconds before an object is checked in the background again",
    )

    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="Least level that is logged"
    )
    log_format: Literal["auto", "console", "json"] = Field(
        "auto", description="auto: for people on a terminal, JSON lines elsewhere"
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Flags before variables before the file; pydantic takes the first that has a value."""
        return (init_settings, env_settings, TomlConfigSettingsSource(settings_cls))


def load_settings(file: Path | None = None, **flags: Any) -> Settings:
    """Read the settings from ``file``, the environment and ``flags`` (those that are not None).

    Without ``file``, ``filmroom.toml`` in the working folder is read where it exists. Raises
    ConfigurationError naming every setting that is wrong.
    """
    if file is not None and not file.is_file():
        raise ConfigurationError(
            f"settings file {file} does not exist", setting="config", hint="check the path"
        )
    toml_file = file or Path("filmroom.toml")

    class _FileSettings(Settings):
        model_config = SettingsConfigDict(toml_file=toml_file)

    given = {name: value for name, value in flags.items() if value is not None}
    try:
        return _FileSettings(**given)
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(
            f"{toml_file} is not valid TOML: {error}", setting="config", hint="mend that line"
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(
            f"cannot read {toml_file}: {getattr(error, 'strerror', None) or 'it is not UTF-8'}",
            setting="config",
            hint="check its mode and its encoding",
        ) from error
    except SettingsError as error:
        named = re.search('"([a-z_]+)"', str(error))
        name = named[1] if named else ""
        raise ConfigurationError(
            f"FILMROOM_{name.upper()}, setting {name}, cannot be read",
            setting=name,
            hint="in a variable, lists and tables are written as JSON",
        ) from error
    except ValidationError as error:
        raise _explain(error) from error


def _explain(error: ValidationError) -> ConfigurationError:
    faults = []
    for fault in error.errors(include_url=False, include_context=False, include_input=False):
        name = ".".join(str(part) for part in fault["loc"])
        if fault["type"] == "extra_forbidden":
            faults.append(f"{name}: no such setting")
        else:
            faults.append(f"{name}: {fault['msg']}")
    first = str(error.errors()[0]["loc"][0]) if error.errors()[0]["loc"] else ""
    return ConfigurationError(
        "; ".join(faults),
        setting=first,
        hint="`filmroom config show` lists the settings with their meaning",
    )
