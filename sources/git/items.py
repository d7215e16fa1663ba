"""Commits and tags in git's output; any field may be missing."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from collector.event import SECOND
from sources.fact import Moment
from sources.text import one_line

_SHA = re.compile(r"[0-9a-f]{40,64}")
_REVERTED = re.compile(r"This reverts commit ([0-9a-f]{7,64})", re.IGNORECASE)
_REVERT_TITLE = re.compile(r'^Revert "(?P<title>.{1,200}?)"', re.MULTILINE)
_SQUASHED = re.compile(r"\((?P<number>[#!]\d{1,9})\)$")
_PULL = re.compile(
    r"^Merge pull request (?P<number>#\d{1,9}) |^See merge request \S*?(?P<gitlab>!\d{1,9})\s*$", re.MULTILINE
)
_VERSION = re.compile(r"(?:.*?[-/@])?v?(?P<version>\d+\.\d+(?:\.\d+)*(?:[-+.][\w.+-]+)?)", re.ASCII)
_TRUNCATED = SECOND - timedelta(microseconds=1)


class Commit(NamedTuple):
    """A commit on the branch itself, not on a merged one."""

    sha: str
    when: Moment
    """The commit time; if a merge made the commit, it came to the branch then, else later."""
    author: str
    title: str
    request: str
    """Number of the pull or merge request: `#123`, `!45`; empty if none is shown."""
    is_merge: bool
    """Whether a merge made it: it has two parents, or is a squashed merge."""
    reverts: str
    """The commit that it reverts; empty if unknown."""
    is_revert: bool


class Tag(NamedTuple):
    """A tag."""

    name: str
    sha: str
    """The tagged commit, or other object."""
    when: Moment
    """When it was made; for a lightweight tag, the time of its commit."""
    tagger: str
    annotated: bool
    """Whether it is an object of its own, with a time and a tagger."""

    @property
    def version(self) -> str:
        """The version in its name; empty if there is none."""
        found = _VERSION.fullmatch(self.name[:255])
        return found["version"] if found else ""


def commit(item: Any) -> Iterator[Commit]:
    """Parse one commit in the output of `git log`. Raises what `collector.source.each` counts."""
    sha, parents, at, author, title, *rest = item.split("\n")
    body = "\n".join(rest)
    reverted = _REVERTED.search(body)
    # The body of a merge's message contains the title of the merged change.
    revert = _REVERT_TITLE.search(title) or _REVERT_TITLE.search(body)
    found = _PULL.search(f"{title}\n{body}")
    squashed = _SQUASHED.search(title)
    several = len(parents.split()) > 1
    request = (found["number"] or found["gitlab"]) if found else squashed["number"] if squashed else ""
    if several and title.startswith("Merge ") and body.strip():
        title = body.strip().split("\n")[0]
    yield Commit(
        sha=_sha(sha),
        when=_moment(at),
        author=one_line(author),
        title=one_line(title)[:200],
        request=request,
        is_merge=several or bool(squashed),
        reverts=reverted[1].lower() if reverted else "",
        is_revert=bool(reverted or revert),
    )


def tag(item: Any) -> Iterator[Tag]:
    """Parse one tag in the output of `git for-each-ref`. Raises what `collector.source.each` counts."""
    sha, peeled, type_, at, tagger, name = item.split("\0")
    yield Tag(one_line(name), _sha(peeled or sha), _moment(at), one_line(tagger), type_ == "tag")


def _moment(text: str) -> Moment:
    if not text.isascii() or not text.isdecimal() or not 0 < int(text) < 7258118400:
        raise ValueError("a time is a number of seconds")
    at = datetime.fromtimestamp(int(text), UTC)
    return Moment(at, at + _TRUNCATED)


def _sha(text: str) -> str:
    if not _SHA.fullmatch(text):
        raise ValueError("no id of an object")
    return text
