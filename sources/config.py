"""The configuration: which sources there are, from `pm-timeline.toml`, the environment or a mapping."""

import os
import re
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from collector.bounded_file import content
from collector.errors import UsageError
from collector.scope import Scope, clock_offsets
from collector.source_config import SourceConfig
from collector.unknown_names import did_you_mean
from collector.zones import parse_zone
from sources.discovery import FILE_NAME, default_store, find, from_environment
from sources.origins import of_environment, replaced
from sources.problems import Problem, SettingsError, problems
from sources.registry import check

_LARGEST = 1
"""Maximum size of the file in MiB."""
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,99}")
_WHAT_TO_SET = (
    f"begin with pm-timeline init, or write a {FILE_NAME} with a [sources.NAME] table, or set PROMETHEUS_URL, "
    "KUBECONFIG, or GITHUB_REPOSITORY with GITHUB_TOKEN"
)
_WHAT_TO_WRITE = "write a [sources.NAME] table into it"


class Config(Struct, frozen=True):
    """A complete configuration."""

    path: Path | None
    """The file; None if it came from the environment or a mapping."""
    tz: str | None
    sources: tuple[SourceConfig, ...]
    template: Path | None = None
    """The template of postmortems; None for the built-in one."""
    scope: Scope = field(default_factory=Scope)
    """Configured names of services, rows to pin or drop, and clock offsets."""
    remarks: tuple[str, ...] = ()
    """Where the configuration came from, and what else is used or ignored because of it; one line each."""


class _Service(BaseModel):
    """The names by which systems know a service."""

    model_config = ConfigDict(extra="forbid", strict=True)

    aliases: list[str] = Field(default_factory=list)
    repositories: list[str] = Field(default_factory=list)
    """`owner/name`, or the name alone."""
    dashboards: list[str] = Field(default_factory=list)
    """Its names on dashboards, and in annotations and alerts read from them."""


class _Postmortem(BaseModel):
    """How postmortems are written."""

    model_config = ConfigDict(extra="forbid", strict=True)

    template: str | None = Field(default=None, min_length=1)


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    tz: str | None = None
    sources: dict[str, dict[str, Any]] = Field(default_factory=dict)
    services: dict[str, _Service] = Field(default_factory=dict)
    pin: list[str] = Field(default_factory=list)
    drop: list[str] = Field(default_factory=list)
    clock_offsets: dict[str, str] = Field(default_factory=dict)
    postmortem: _Postmortem = Field(default_factory=_Postmortem)


def load(given: Path | Mapping[str, object] | None = None, environ: Mapping[str, str] = os.environ) -> Config:
    """The configuration in a file, or in a mapping with the same tables. Raises UsageError.

    By default it is the file that `sources.discovery.find` finds, else what the environment provides. Both also get
    the default store of `pm-timeline record` as a source, unless another store is configured. Paths in a file are
    relative to its folder, paths in a mapping to the current folder.
    """
    if isinstance(given, Mapping):
        return _from_tables("config", dict(given), _here())
    path = given or find(_here())
    home = Path(environ.get("HOME") or os.path.expanduser("~"))
    if path is not None:
        config = _from_tables(str(path), _parsed(path), path.absolute().parent, path)
        unused = ", ".join(replaced(environ, home, config.sources))
        above = " (of a folder above)" if given is None and path.parent in _here().parents else ""
        remarks = [f"configuration {path}{above}", *([f"not used because of it: {unused}"] if unused else [])]
    else:
        found = from_environment(environ, home)
        sources = tuple(_source("environment", type_, type_, settings, Path()) for type_, settings in found)
        config = Config(None, None, sources)
        remarks = [f"configuration: {', '.join(of_environment(environ, home))}"] if sources else []
    return _with_store(replace(config, remarks=tuple(remarks)), default_store(environ, home))


def _with_store(config: Config, store: Path) -> Config:
    """The configuration with the recorder's default store as a source, if it exists and no store is configured."""
    url = f"sqlite:///{store}"
    if any(source.type == "recorder" for source in config.sources) or not os.path.isfile(store):
        return config
    names = [source.name for source in config.sources]
    name = next(name for name in ("recorder", "recorder-store", f"recorder-{len(names)}") if name not in names)
    try:
        added = _source("recorder", name, "recorder", {"store": url}, Path())
    except UsageError:
        # The path has characters that a URL cannot have.
        return config
    remark = f"also read as source {name}: {store}, what pm-timeline record has recorded"
    return replace(config, sources=(*config.sources, added), remarks=(*config.remarks, remark))


def _here() -> Path:
    """The working folder, or the root folder if somebody has deleted it."""
    try:
        return Path(os.path.abspath("."))
    except OSError:
        return Path("/")


def select(
    config: Config, names: Sequence[str], notes: Sequence[SourceConfig] = (), argument: str = "sources"
) -> tuple[SourceConfig, ...]:
    """The sources with these names, or all; notes are always included, since they are never left out.

    Raises UsageError for an unknown name, given by `argument`, and if there is no source at all.
    """
    every = (*config.sources, *notes)
    if not every:
        if config.path is not None:
            # init does not overwrite the file, and the file replaces the environment, so neither would help.
            raise UsageError(f"{config.path}: no source is configured; {_WHAT_TO_WRITE}")
        raise UsageError(f"no source is configured; {_WHAT_TO_SET}")
    known = [source.name for source in every]
    for name in names:
        if name not in known:
            meant = did_you_mean(name, known)
            raise UsageError(f"{argument} {name}: no such source{meant}; there are: {', '.join(known)}")
    return (*(source for source in config.sources if not names or source.name in names), *notes)


def _from_tables(where: str, tables: dict[str, Any], folder: Path, path: Path | None = None) -> Config:
    try:
        file = _File.model_validate(tables)
    except ValidationError as error:
        raise _refusal(where, problems(error, _File)) from None
    if file.tz is not None:
        parse_zone(file.tz, f"{where}: tz")
    sources = []
    for name, table in file.sources.items():
        if not _NAME.fullmatch(name):
            raise UsageError(f"{where}: sources.{name[:60]}: a name has letters, digits and -_. only, 100 at most")
        if name == "notes":
            raise UsageError(f"{where}: sources.notes: this name is taken by the notes of a run; use another")
        settings = {key: value for key, value in table.items() if key != "type"}
        sources.append(_source(where, name, table.get("type"), settings, folder))
    _refuse_nameless(where, sources)
    template = file.postmortem.template
    written = folder / os.path.expanduser(template) if template is not None else None
    return Config(path, file.tz, tuple(sources), written, _scope(where, file))


def _scope(where: str, file: _File) -> Scope:
    """Names, pins, drops and clock offsets. Raises UsageError for a name of two services and for an invalid offset."""
    aliases: dict[str, str] = {}
    for service, names in file.services.items():
        repositories = [name.rpartition("/")[2] for name in names.repositories]
        for name in (*names.aliases, *repositories, *names.dashboards):
            if aliases.setdefault(name, service) != service:
                raise UsageError(f"{where}: services.{service}: {name} is already a name of {aliases[name]}")
    given = [f"{source}={offset}" for source, offset in file.clock_offsets.items()]
    offsets = clock_offsets(given, file.sources, f"{where}: clock_offsets:")
    aliases = {name: service for name, service in aliases.items() if name != service}
    return Scope(pins=frozenset(file.pin), drops=frozenset(file.drop), aliases=aliases, clock_offsets=offsets)


def _refuse_nameless(where: str, sources: Sequence[SourceConfig]) -> None:
    """Refuse several unnamed clusters: objects with the same namespace and name in two clusters would look like one."""
    nameless = [source.name for source in sources if source.type == "kubernetes" and not source.settings.get("cluster")]
    if len(nameless) > 1:
        both = " and ".join(f"sources.{name}" for name in nameless)
        raise UsageError(f"{where}: {both}: which cluster is which? set `cluster` in each")


def _parsed(path: Path) -> dict[str, Any]:
    found = content(path, str(path), "TOML file", _LARGEST)
    try:
        return tomllib.loads(found.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        line = found.count(b"\n", 0, error.start) + 1
        raise UsageError(f"{path}: line {line} is not UTF-8 text; save the file as UTF-8") from None
    except (ValueError, RecursionError) as error:
        reason = str(error) if isinstance(error, tomllib.TOMLDecodeError) else "numbers too long or tables too deep"
        raise UsageError(f"{path}: not valid TOML: {reason}") from None


def _source(where: str, name: str, type_: object, settings: dict[str, object], folder: Path) -> SourceConfig:
    try:
        checked = check(type_, settings)
    except SettingsError as error:
        raise _refusal(where, error.problems, f"sources.{name}") from None
    kept = checked.model_dump(mode="json", by_alias=True, exclude_unset=True)
    for key, value in kept.items():
        if isinstance(getattr(checked, key, None), Path):
            kept[key] = str(folder / os.path.expanduser(value))
    return SourceConfig(name, str(type_), kept)


def _refusal(where: str, found: Sequence[Problem], prefix: str = "") -> UsageError:
    first = found[0]
    separator = ("." if first.location else ": ") if prefix else ""
    more = f" (and {len(found) - 1} more)" if found[1:] else ""
    return UsageError(f"{where}: {prefix}{separator}{first}{more}")
