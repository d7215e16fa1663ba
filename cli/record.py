"""`pm-timeline record`: its options, combined with the configuration."""

import os
import re
import sys
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.memory import search_rarely
from collector.errors import UsageError
from collector.lazy_pattern import lazy_pattern

if TYPE_CHECKING:
    from sources.config import Config
    from sources.recorder.settings import RecorderSettings

_AGE = lazy_pattern(r"(\d{1,6})\s*(m|h|d|w)", re.ASCII)
_AGES = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_SIZE = lazy_pattern(r"(\d{1,9})\s*(MiB|MB|GiB|GB|TiB|TB)", re.ASCII)
_UNITS = {"MB": 10**6, "MiB": 2**20, "GB": 10**9, "GiB": 2**30, "TB": 10**12, "TiB": 2**40}
_PRINTING = threading.Lock()


def record(
    store: Annotated[
        str | None,
        typer.Option(metavar="URL", help="sqlite:///FILE or postgresql://USER@HOST/DATABASE; by default a file."),
    ] = None,
    keep: Annotated[str, typer.Option(metavar="AGE", help="Forget what was over before: 36h, 14d, 8w.")] = "14d",
    max_size: Annotated[
        str, typer.Option("--max-size", metavar="SIZE", help="Forget the oldest beyond this: 500MiB, 2GiB.")
    ] = "2GiB",
    listen: Annotated[
        str | None, typer.Option(metavar="HOST:PORT", help="Serve /healthz and /metrics there; off by default.")
    ] = None,
    config: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Configuration; else pm-timeline.toml is looked for.")
    ] = None,
    source: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Record only this source of type kubernetes; may be repeated."),
    ] = None,
) -> int:
    """Keep what Kubernetes forgets: record Events, pods, workloads and nodes until SIGTERM or SIGINT.

    Which clusters: the configured sources of type kubernetes, else the one of $KUBECONFIG. Which store: --store, else
    the configured source of type recorder, else a file in the user's data folder.
    """
    import logging

    # Libraries log errors that are already printed, and include addresses.
    logging.getLogger().addHandler(logging.NullHandler())
    age, size, address = _age(keep), _size(max_size), _address(listen)
    from collector.source import SourceError
    from sources.config import load
    from sources.recorder.installed import require_packages
    from sources.registry import check

    search_rarely(for_days=True)
    configuration = load(config)
    into = _store(configuration, store)
    clusters = [check("kubernetes", settings) for settings in _clusters(configuration, source or ())]
    try:
        require_packages()
        from sources.recorder.run import Plan, record

        plan = Plan(clusters=clusters, store=into, age=age, size=size, listen=address)  # type: ignore[arg-type]  # that type's own
        _print(f"recording into {plan.store.store}")
        record(plan, _print)
    except SourceError as error:
        raise UsageError(error.reason + (f" ({error.hint})" if error.hint else "")) from None
    return 0


def _clusters(configuration: "Config", names: "list[str] | tuple[str, ...]") -> list[dict[str, object]]:
    """The settings of the clusters to record: the sources named, else all. Raises UsageError if there is none."""
    known = [source for source in configuration.sources if source.type == "kubernetes"]
    for name in names:
        if name not in (source.name for source in known):
            there = ", ".join(source.name for source in known) or "none"
            raise UsageError(f"--source {name}: no such source of type kubernetes; there are: {there}")
    if not known:
        raise UsageError("no cluster to record: configure a source of type kubernetes, or set KUBECONFIG")
    return [source.settings for source in known if not names or source.name in names]


def _store(configuration: "Config", url: str | None) -> "RecorderSettings":
    """The store to record into; the password of a configured store is its source's token. Raises UsageError."""
    from sources.discovery import default_store
    from sources.problems import SettingsError
    from sources.recorder.settings import RecorderSettings
    from sources.registry import check

    configured = [source for source in configuration.sources if source.type == "recorder"]
    if url is None and len(configured) > 1:
        names = ", ".join(source.name for source in configured)
        raise UsageError(f"several stores are configured ({names}); choose one with --store")
    if url is None and configured:
        return RecorderSettings.model_validate(configured[0].settings)
    if url is None:
        url = f"sqlite:///{default_store(os.environ, Path(os.path.expanduser('~')))}"
    elif url.startswith("sqlite:///") and url[10:11] not in ("", "/"):
        url = f"sqlite:///{Path(os.path.expanduser(url.removeprefix('sqlite:///'))).absolute()}"
    try:
        check("recorder", {"store": url})
    except SettingsError as error:
        raise UsageError(f"--store: {error.problems[0].problem}") from None
    same = next((source for source in configured if source.settings["store"] == url), None)
    return RecorderSettings.model_validate(same.settings if same else {"store": url})


def _age(text: str) -> timedelta:
    match = _AGE.fullmatch(text.strip())
    if match is None or not int(match[1]):
        raise UsageError(f"--keep {text}: not an age; give minutes, hours, days or weeks: 90m, 36h, 14d, 8w")
    try:
        return timedelta(**{_AGES[match[2]]: int(match[1])})
    except OverflowError:
        raise UsageError(f"--keep {text}: too long") from None


def _size(text: str) -> int:
    match = _SIZE.fullmatch(text.strip())
    if match is None or not int(match[1]):
        raise UsageError(f"--max-size {text}: not a size; give it as 500MiB or 2GiB")
    return int(match[1]) * _UNITS[match[2]]


def _address(text: str | None) -> tuple[str, int] | None:
    if text is None:
        return None
    host, _, port = text.rpartition(":")
    if not host or not (port.isascii() and port.isdecimal()) or int(port) > 65535:
        raise UsageError(f"--listen {text}: not an address; give host and port, as 127.0.0.1:8080")
    return host.strip("[]"), int(port)


def _print(line: str) -> None:
    printable = "".join(char if char.isprintable() else " " for char in line)
    with _PRINTING:
        print(f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ} {printable}", file=sys.stderr, flush=True)  # noqa: T201
