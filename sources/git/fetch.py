"""What to request from the clone: its branch, its age, its commits and its tags."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from collector.source import BadAnswer, Deadline, Document, Gap
from collector.window import Window
from sources.git.command import Git
from sources.git.settings import GitSettings

LEAD = timedelta(hours=72)
"""How long before the window a change may have been merged that is deployed in it."""
MOST_COMMITS = 5000
MOST_OLDER = 500
"""Maximum commits from before that time, which are needed to see which of two commits is older."""
MOST_TAGS = 2000
_LONGEST = 2000
"""Maximum characters of one message."""
# One field per line, then the message, up to the next NUL.
_COMMIT = "%H%n%P%n%ct%n%an%n%s%n%b"
_TAG = "%(objectname)%00%(*objectname)%00%(objecttype)%00%(creatordate:unix)%00%(taggername)%00%(refname:strip=2)"


def fetch(settings: GitSettings, window: Window, deadline: Deadline) -> Iterator[Document | Gap]:
    """The state, commits and tags of the clone. Raises SourceError if there is no such clone or branch."""
    git = Git(settings.clone, deadline, settings.timeout)
    wide = window.widened(lead=LEAD, tail=timedelta(0))
    shallow = git.ask("rev-parse", "--is-shallow-repository").strip() == "true"
    branch = settings.branch or _default_branch(git)
    head = git.ask("rev-parse", "--verify", "--quiet", "--end-of-options", f"{branch}^{{commit}}", missing=(1, 128))
    if not head.strip():
        raise BadAnswer(f"{settings.clone} has no branch {branch}", "is `branch` right, and is anything committed?")
    fetched = _fetched(git)
    state = {"branch": branch, "head": head.strip(), "shallow": shallow, "fetched": fetched}
    yield _document("clone", "git rev-parse", state)
    since, until = (f"{int(moment.timestamp())}" for moment in (wide.start, wide.end + timedelta(seconds=1)))
    asked = ["log", "--first-parent", "-z", "--no-color", "--no-decorate", "--encoding=UTF-8", "--no-notes"]
    asked += [f"--max-count={MOST_COMMITS}", f"--since={since}", f"--until={until}", f"--format={_COMMIT}"]
    commits = [part[:_LONGEST] for part in git.ask(*asked, head.strip(), "--").split("\0") if part]
    yield _document("commits", f"git log --first-parent {branch}", {"branch": branch, "commits": commits})
    if len(commits) >= MOST_COMMITS:
        yield Gap(f"cut off after {MOST_COMMITS} commits of {branch}", "ask for a shorter window")
    wanted = ["log", "--first-parent", "-z", "--no-color", "--no-decorate", "--encoding=UTF-8", "--no-notes"]
    wanted += [f"--max-count={MOST_OLDER}", f"--until={int(wide.start.timestamp()) - 1}", f"--format={_COMMIT}"]
    older = [part[:_LONGEST] for part in git.ask(*wanted, head.strip(), "--").split("\0") if part]
    yield _document("older", f"git log --first-parent {branch}", {"branch": branch, "commits": older})
    tags = git.ask("for-each-ref", "--sort=-creatordate", f"--count={MOST_TAGS}", f"--format={_TAG}", "refs/tags")
    yield _document("tags", "git for-each-ref refs/tags", {"tags": [line[:_LONGEST] for line in tags.splitlines()]})


def _default_branch(git: Git) -> str:
    for name, prefix in (("refs/remotes/origin/HEAD", "refs/remotes/"), ("HEAD", "refs/heads/")):
        given = git.ask("symbolic-ref", "--quiet", name, missing=(1, 128)).strip()
        if given:
            return given.removeprefix(prefix)
    return "HEAD"


def _fetched(git: Git) -> str:
    """When the clone was last fetched, according to its files; empty if it has no remote or no such file."""
    if not git.ask("for-each-ref", "--count=1", "--format=%(refname)", "refs/remotes").strip():
        return ""
    folder = Path(git.ask("rev-parse", "--absolute-git-dir").strip())
    times = []
    for name in ("FETCH_HEAD", "packed-refs", "refs/remotes/origin/HEAD"):
        try:
            times.append((folder / name).stat().st_mtime)
        except (OSError, ValueError):
            continue
    return datetime.fromtimestamp(max(times), UTC).isoformat() if times else ""


def _document(call: str, asked: str, content: object) -> Document:
    return Document(call, asked, datetime.now(UTC), json.dumps(content))
