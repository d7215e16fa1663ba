"""The configuration: which sources there are, out of `pm-timeline.toml` or the environment."""

import os
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from cli.discovery import FILE_NAME, find, from_environment
from cli.errors import UsageError
from cli.zones import parse_zone
from sources.registry import Problem, SettingsError, check, problems

_LARGEST = 1_000_000  # bytes
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,99}")
_WHAT_TO_SET = (
    f"write a {FILE_NAME} with a [sources.NAME] table, or set PROMETHEUS_URL, KUBECONFIG, "
    "or GITHUB_REPOSITORY with GITHUB_TOKEN"
)


@dataclass(frozen=True, slots=True)
class Configured:
    """One source. The settings are valid, can be stored as JSON, have absolute paths and hold no secret."""

    name: str
    type: str
    settings: dict[str, object]


@dataclass(frozen=True, slots=True)
class Config:
    """What is configured."""

    path: Path | None
    """The file; None if it was all in the environment."""
    tz: str | None
    sources: tuple[Configured, ...]


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    tz: str | None = None
    sources: dict[str, dict[str, Any]] = Field(default_factory=dict)


def load(path: Path | None = None, environ: Mapping[str, str] = os.environ) -> Config:
    """The configuration in the file `path`, else in the one found, else in the environment. Raises UsageError."""
    path = path or find(Path(os.path.abspath(".")))
    if path is not None:
        return _from_file(path)
    home = Path(environ.get("HOME") or os.path.expanduser("~"))
    sources = tuple(
        _configured("environment", type_, type_, settings, Path())
        for type_, settings in from_environment(environ, home)
    )
    return Config(None, None, sources)


def select(config: Config, names: Sequence[str]) -> tuple[Configured, ...]:
    """The sources called that, or all. Raises UsageError for an unknown name, or if there is no source at all."""
    if not config.sources:
        where = f"{config.path}: " if config.path else ""
        raise UsageError(f"{where}no source is configured; {_WHAT_TO_SET}")
    known = [source.name for source in config.sources]
    for name in names:
        if name not in known:
            raise UsageError(f"--source {name}: no such source; there are: {', '.join(known)}")
    return tuple(source for source in config.sources if not names or source.name in names)


def _from_file(path: Path) -> Config:
    tables = _parsed(path)
    try:
        file = _File.model_validate(tables)
    except ValidationError as error:
        raise _refusal(path, problems(error, _File)) from None
    if file.tz is not None:
        parse_zone(file.tz, f"{path}: tz")
    folder = path.absolute().parent
    sources = []
    for name, table in file.sources.items():
        if not _NAME.fullmatch(name):
            raise UsageError(f"{path}: sources.{name[:60]}: a name has letters, digits and -_. only, 100 at most")
        if name == "notes":
            raise UsageError(f"{path}: sources.notes: this name is taken by --notes and --note; choose another")
        settings = {key: value for key, value in table.items() if key != "type"}
        sources.append(_configured(str(path), name, table.get("type"), settings, folder))
    _refuse_nameless(path, sources)
    return Config(path, file.tz, tuple(sources))


def _refuse_nameless(path: Path, sources: Sequence[Configured]) -> None:
    """Two clusters need names: what has the same namespace and name in both would else be taken for one thing."""
    nameless = [source.name for source in sources if source.type == "kubernetes" and not source.settings.get("cluster")]
    if len(nameless) > 1:
        both = " and ".join(f"sources.{name}" for name in nameless)
        raise UsageError(f"{path}: {both}: which cluster is which? set `cluster` in each")


def _parsed(path: Path) -> dict[str, Any]:
    try:
        with path.open("rb") as file:
            content = file.read(_LARGEST + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "not a file name"
        raise UsageError(f"{path}: the configuration cannot be read: {reason}") from None
    if len(content) > _LARGEST:
        raise UsageError(f"{path}: larger than {_LARGEST} bytes, this is no configuration of pm-timeline")
    try:
        return tomllib.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise UsageError(f"{path}: line {line} is not UTF-8 text; save the file as UTF-8") from None
    except (ValueError, RecursionError) as error:
        said = str(error) if isinstance(error, tomllib.TOMLDecodeError) else "numbers too long or tables too deep"
        raise UsageError(f"{path}: not valid TOML: {said}") from None


def _configured(where: str, name: str, type_: object, settings: dict[str, object], folder: Path) -> Configured:
    try:
        checked = check(type_, settings)
    except SettingsError as error:
        raise _refusal(where, error.problems, f"sources.{name}") from None
    kept = checked.model_dump(mode="json", by_alias=True, exclude_unset=True)
    for key, value in kept.items():
        if isinstance(getattr(checked, key, None), Path):
            kept[key] = str(folder / os.path.expanduser(value))
    return Configured(name, str(type_), kept)


def _refusal(where: object, found: Sequence[Problem], prefix: str = "") -> UsageError:
    first = found[0]
    place = f"{prefix}{'.' if prefix and first.location else ': ' if prefix else ''}"
    more = f" (and {len(found) - 1} more)" if found[1:] else ""
    return UsageError(f"{where}: {place}{first}{more}")
