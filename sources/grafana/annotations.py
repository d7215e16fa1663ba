"""Annotations by people and tools: their text, and what the marker of a deploy certainly names."""

import hashlib
import html
import re
from collections.abc import Iterable, Iterator

from collector.event import Event, Identity, Subject
from sources.fact import Moment, report
from sources.grafana.alerts import TRUNCATED
from sources.grafana.items import Annotation
from sources.remark_facts import annotated
from sources.text import one_line

_LONGEST = 200
"""Maximum characters of a text in a summary."""
_BLOCK = re.compile(
    r"</?(?:br|div|h[1-6]|hr|li|ol|p|pre|table|tbody|td|th|thead|tr|ul)(?:[\s/][^<>]*)?>", re.IGNORECASE
)
_INLINE = re.compile(
    r"</?(?:a|abbr|b|code|em|font|i|img|s|small|span|strong|sub|sup|tt|u)(?:[\s/][^<>]*)?>", re.IGNORECASE
)
_DEPLOY = re.compile(r"\b(?:deploy|release|roll(?:ed|ing)?[ _-]?(?:back|out))", re.IGNORECASE)
_VERSION = r"\d{1,9}\.\d{1,9}\.\d{1,9}(?:[-+][0-9A-Za-z](?:[0-9A-Za-z.+-]{0,60}[0-9A-Za-z])?)?"
_VERSION_TAG = re.compile(f"v?({_VERSION})", re.ASCII)
_VERSION_IN_TEXT = re.compile(rf"(?<![\w.])v?({_VERSION})(?!\w|\.\d)", re.ASCII)
_COMMIT = re.compile(r"[0-9a-f]{7,40}", re.IGNORECASE)
_COMMIT_IN_TEXT = re.compile(r"\b(?:(?:commit|sha)[ :=]+([0-9a-f]{7,40})|([0-9a-f]{40}))\b", re.IGNORECASE | re.ASCII)
_SERVICE_KEYS = ("service", "service_name", "app", "application", "component")
_VERSION_KEYS = ("version", "release", "app_version", "image_tag")
_COMMIT_KEYS = ("commit", "sha", "git_sha", "git_commit", "commit_sha")


def annotation_events(annotations: Iterable[Annotation], source: str) -> Iterator[Event]:
    """Every annotation once; if one was changed between two pages, its latest copy.

    `numbers["until"]` is the Unix second when a marked time span ends.
    """
    kept = {(one.id or repr(one)): one for one in sorted(annotations, key=repr)}
    for one in sorted(kept.values(), key=lambda one: (one.at, one.id, repr(one))):
        yield _event(one, source)


def plain(text: str) -> str:
    """The visible text of a text with HTML, on one line."""
    return one_line(html.unescape(_INLINE.sub("", _BLOCK.sub(" ", text))))


def _event(one: Annotation, source: str) -> Event:
    text = plain(one.text) or "annotation without a text"
    tagged = dict(reversed([_pair(tag) for tag in one.tags]))
    shown = text if len(text) <= _LONGEST else text[: _LONGEST - 1].rstrip() + "…"
    shown += f", until {one.until:%Y-%m-%d %H:%M:%S} UTC" if one.until > one.at else ""
    subject = Subject(
        service=_first(tagged, _SERVICE_KEYS),
        environment=_first(tagged, ("environment", "env")),
        cluster=tagged.get("cluster", ""),
        namespace=tagged.get("namespace", ""),
    )
    # Tools may mark the same event on several dashboards.
    merge_key = f"grafana annotation {_digest((one.at, one.until, text, one.tags))}"
    words = shown + (f" (tags {', '.join(one.tags)})" if one.tags else "")
    return report(
        annotated(words, subject, merge_key),
        Moment(one.at, one.at + TRUNCATED),
        source=source,
        native_id=f"annotation/{one.id or _digest(one)}",
        keys=Identity(version=_version(one, tagged, text), commit=_commit(one, tagged, text)),
        numbers={"until": one.until.timestamp()} if one.until > one.at else {},
        actor=one.who,
        url=one.url,
        query=one.query,
        description=text if shown != text else "",
    )


def _digest(what: object) -> str:
    return hashlib.sha256(repr(what).encode()).hexdigest()[:12]


def _is_deploy(one: Annotation, text: str) -> bool:
    """Whether somebody marked a deploy, release or rollback."""
    return any(_DEPLOY.search(part) for part in (*one.tags, text))


def _version(one: Annotation, tagged: dict[str, str], text: str) -> str:
    """The version in a tag for it; for a deploy, also the only version in its tags, else in its text."""
    if named := _first(tagged, _VERSION_KEYS):
        found = _VERSION_TAG.fullmatch(named)
        return found[1] if found else named
    if not _is_deploy(one, text):
        return ""
    tags = {found[1] for tag in one.tags if (found := _VERSION_TAG.fullmatch(tag))}
    return _only(tags or {found[1] for found in _VERSION_IN_TEXT.finditer(text)})


def _commit(one: Annotation, tagged: dict[str, str], text: str) -> str:
    """The commit in a tag for it; for a deploy, also the only commit in its text."""
    if (named := _first(tagged, _COMMIT_KEYS)) and _COMMIT.fullmatch(named):
        return named.lower()
    if not _is_deploy(one, text):
        return ""
    return _only({(found[1] or found[2]).lower() for found in _COMMIT_IN_TEXT.finditer(text)})


def _pair(tag: str) -> tuple[str, str]:
    """Name and value of a tag such as `service:checkout`, `service=checkout` or `service: checkout`."""
    name, _, value = tag.replace("=", ":", 1).partition(":") if ":" not in tag else tag.partition(":")
    return name.strip().lower(), value.strip()


def _first(tagged: dict[str, str], names: tuple[str, ...]) -> str:
    return next((tagged[name] for name in names if tagged.get(name)), "")


def _only(found: set[str]) -> str:
    return next(iter(found)) if len(found) == 1 else ""
