"""Redacts bundles, and looks into what comes out."""

import base64
import binascii
import gzip
import html
import json
import re
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import unquote

from collector.plan import plan_replay
from collector.request import Request
from collector.result import Timeline
from collector.row import Row
from collector.run import run
from sources.registry import build_source
from tests.cli.command import Done, pm_timeline

_TOKEN, _PIECE = re.compile(r"[A-Za-z0-9+/_-]{12,}={0,2}"), re.compile(r"[A-Za-z0-9+_-]{12,}={0,2}")
NOW = datetime(2026, 11, 1, tzinfo=UTC)
_ALIAS = re.compile(r"\b(?:person|host|address|text|word)-[0-9]+\b")


def redact(bundle: Path, folder: Path, *options: str) -> tuple[Path, dict[str, list[str]], Done]:
    """The redacted copy, and the names that each alias stands for."""
    out = folder / "out.zip"
    done = pm_timeline("redact", bundle, out, *options, folder=folder)
    assert done.code == 0, done.err
    return out, json.loads((folder / "out.zip.replaced.json").read_text()), done


def replayed(bundle: Path) -> Timeline:
    return run(plan_replay(Request(), bundle, NOW), build_source)


def unpacked(bundle: Path) -> dict[str, str]:
    """Every file in it, with its name."""
    with zipfile.ZipFile(bundle) as opened:
        return {name: opened.read(name).decode("utf-8", "surrogatepass") for name in opened.namelist()}


def shape(row: Row) -> tuple[object, ...]:
    """A row without its words."""
    return row.at, row.end, row.kind, len(row.events), row.sources


def reads_as(old: str, new: str, replaced: dict[str, list[str]]) -> bool:
    """Whether `new` is `old` with aliases in place of names."""
    pieces, end = [], 0
    for found in _ALIAS.finditer(new):
        names = replaced.get(found[0].casefold(), [found[0]])
        # A row has no domain of nodes that are all in one.
        names = [*names, *(name.partition(".")[0] for name in names if found[0].startswith("host-"))]
        spelled = "|".join(re.sub(r"[ ._-]", "[ ._-]?", name.replace("\\", "")) for name in map(re.escape, names))
        pieces += [re.escape(new[end : found.start()]), f"(?:{spelled})"]
        end = found.end()
    return re.fullmatch("".join([*pieces, re.escape(new[end:])]), old, re.IGNORECASE | re.DOTALL) is not None


def traces(text: str, name: str) -> list[str]:
    """Where a name still stands in a text: as it is, encoded for URLs, JSON and HTML, or in base64 in it."""
    spelled = re.compile(r"[\s._+-]*".join(map(re.escape, re.split(r"[\s._-]+", name))), re.IGNORECASE)
    return [
        view[max(0, found.start() - 40) : found.end() + 10] for view in _views(text) for found in spelled.finditer(view)
    ]


def _views(text: str) -> Iterator[str]:
    """The text as it is, and what whoever looks for names can make of it."""
    seen = {text}
    waiting = [text]
    while waiting:
        view = waiting.pop()
        yield view
        made = [unquote(view), html.unescape(view), view.encode("ascii", "backslashreplace").decode()]
        made += [
            _unescaped(view),
            *filter(None, map(_from_base64, _TOKEN.findall(view))),
            *filter(None, map(_from_base64, _PIECE.findall(view))),
        ]
        waiting += [one for one in made if one not in seen]
        seen.update(made)


def _unescaped(text: str) -> str:
    return re.sub(r"\\u([0-9a-fA-F]{4})", lambda found: chr(int(found[1], 16)), text)


def _from_base64(token: str) -> str | None:
    padded = token.rstrip("=").replace("-", "+").replace("_", "/")
    try:
        body = base64.b64decode(padded + "=" * (-len(padded) % 4), validate=True)
        return (gzip.decompress(body) if body[:2] == b"\x1f\x8b" else body).decode()
    except (ValueError, binascii.Error, OSError, EOFError):
        return None
