"""Events of the clone: merges into the branch, reverts and tags, and Gaps for times that it may not cover."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from msgspec.structs import replace

from collector.event import Event, Identity, Kind, Subject
from collector.source import BadAnswer, Document, Gap, each
from collector.window import Window
from sources.fact import Fact, report
from sources.git.fetch import LEAD, MOST_COMMITS
from sources.git.items import Commit, Tag, commit, tag
from sources.git.settings import GitSettings
from sources.remark_facts import annotated


def read(documents: Iterable[Document], window: Window, source: str, settings: GitSettings) -> Iterator[Event | Gap]:
    """Annotations, in order of time; `numbers["routine"]` is 1 for a merge, which alone is no news.

    `numbers["behind"]` of a commit is how many commits of the branch are newer, `numbers["reverts"]` is 1 for a revert.
    """
    found: list[Event | Gap] = []
    clone: dict[str, Any] = {}
    oldest: datetime | None = None
    for document in documents:
        try:
            content = document.json()
        except BadAnswer as error:
            found.append(Gap(error.reason, error.hint))
            continue
        if not isinstance(content, dict):
            found.append(Gap(f"{document.call}: expected an object, got {type(content).__name__}"))
        elif document.call == "clone":
            clone = content
        elif document.call == "tags":
            found += [
                one if isinstance(one, Gap) else _of_tag(one, source, settings)
                for one in each(content.get("tags"), tag, "tags")
                if isinstance(one, Gap) or _is_near(one, window)
            ]
        else:
            branch = content["branch"] if isinstance(content.get("branch"), str) else ""
            # Newest first, whatever their clocks; the commits in the document `older` come after all others.
            first = MOST_COMMITS if document.call == "older" else 0
            for behind, one in enumerate(each(content.get("commits"), commit, "commits"), first):
                if isinstance(one, Gap):
                    found.append(one)
                else:
                    oldest = min(oldest or one.when.earliest, one.when.earliest)
                    known = _of_commit(one, "" if first else branch, source, settings)
                    numbers = {"behind": float(behind), **({"reverts": 1.0} if one.is_revert else {})}
                    found.append(replace(known, numbers={**known.numbers, **numbers}))
    yield from sorted((one for one in found if isinstance(one, Event)), key=lambda one: (one.at, one.native_id))
    yield from sorted((one for one in found if isinstance(one, Gap)), key=repr)
    yield from _missing(clone, oldest, window)


def _is_near(one: Tag, window: Window) -> bool:
    wide = window.widened(lead=LEAD, tail=timedelta(0))
    return wide.overlaps(one.when.earliest, one.when.latest)


def _of_commit(one: Commit, branch: str, source: str, settings: GitSettings) -> Event:
    into = f" into {branch.removeprefix('origin/')}" if branch and branch != "HEAD" else ""
    by = f" (by {one.author})" if one.author else ""
    subject = Subject(service=settings.service_name)
    if one.is_revert:
        what = f"Revert of {one.reverts[:7]}" if one.reverts else "Revert"
        fact = annotated(f"{what}{into}: {one.title}{by}", subject)
    elif one.is_merge:
        fact = annotated(f"Merge{f' of {one.request}' if one.request else ''}{into}: {one.title}{by}", subject)
    else:
        # The time when it came to the branch is unknown.
        fact = Fact(Kind.OTHER, subject, f"Commit {one.sha[:7]}: {one.title}{by}", "")
    return report(
        fact,
        one.when,
        source=source,
        native_id=f"commit/{one.sha}",
        keys=Identity(commit=one.sha, repository=settings.repository),
        numbers={} if one.is_revert else {"routine": 1.0},
        actor=one.author,
        url=f"{settings.url}/commit/{one.sha}" if settings.url else "",
        query=f"git show {one.sha[:12]}",
    )


def _of_tag(one: Tag, source: str, settings: GitSettings) -> Event:
    subject = Subject(service=settings.service_name)
    by = f" (by {one.tagger})" if one.tagger else ""
    words = f"Tag {one.name} on {one.sha[:7]}{by}"
    # A lightweight tag has no time of its own, only that of its commit.
    fact = annotated(words, subject) if one.annotated else Fact(Kind.OTHER, subject, f"{words}, made later", "")
    return report(
        fact,
        one.when,
        source=source,
        native_id=f"tag/{one.name}",
        keys=Identity(commit=one.sha, repository=settings.repository, version=one.version),
        numbers={"routine": 1.0},
        actor=one.tagger,
        url=f"{settings.url}/commit/{one.sha}" if settings.url else "",
        query=f"git show {one.name}",
    )


def _missing(clone: dict[str, Any], oldest: datetime | None, window: Window) -> Iterator[Gap]:
    fetched = clone.get("fetched")
    try:
        at = datetime.fromisoformat(fetched).astimezone(UTC) if isinstance(fetched, str) and fetched else None
    except (ValueError, OverflowError):
        at = None
    if at is not None and at < window.end:
        reason = f"the clone was last fetched at {at:%Y-%m-%d %H:%M} UTC: what was merged after that is not in it"
        yield Gap(reason, "git fetch --tags", span=(max(at, window.start), window.end))
    if clone.get("shallow") is True and (oldest is None or oldest > window.start):
        yield Gap(
            "the clone is shallow: what was merged before its oldest commit is not in it", "git fetch --unshallow"
        )
