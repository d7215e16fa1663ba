"""A clone shows merges, reverts and tags, and nothing in it is run."""

import os
import subprocess
import time
from pathlib import Path

import pytest
from msgspec.structs import force_setattr, replace
from pydantic import ValidationError

from collector.event import Event, Identity, Kind, Manner
from collector.gather import Gathered
from collector.source import BadAnswer, Denied, Unreachable
from collector.timeline import Scope, draft
from sources.git import GitSettings, command
from tests.collector.build import WINDOW, deploy, errors
from tests.sources.git.clones import Clone, read_clone, told


@pytest.fixture
def clone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Clone:
    # The user's own configuration is not that of whoever runs the tests.
    monkeypatch.setenv("HOME", str(tmp_path))
    return Clone(tmp_path / "checkout")


def test_merges_reverts_and_tags(clone: Clone) -> None:
    clone.commit("start", "09:00:00")
    merged = clone.merge("Merge pull request #12 from acme/topic\n\nFaster checkout", "14:01:00")
    clone.commit("Slower checkout (#13)", "14:02:00", by="sam")
    clone.commit("typo", "14:03:00")
    clone.git("tag", "-a", "-m", "release", "v1.5.0", merged, clock="14:04:00", by="release-bot")
    clone.git("tag", "nightly", merged)
    back = clone.commit(f'Revert "Faster checkout"\n\nThis reverts commit {merged}, reversing changes', "14:18:00")
    clone.merge(
        "Merge branch 'x' into 'main'\n\nRevert \"Slower checkout\"\n\nSee merge request acme/checkout!14", "14:20:00"
    )
    events, gaps = read_clone(clone.folder, branch="main", repository="acme/checkout", url="https://git.example.com/c")
    assert gaps == []
    assert told(events) == [
        "09:00 other Commit " + events[0].keys.commit[:7] + ": start (by dana)",
        "14:01 annotation Merge of #12 into main: Faster checkout (by dana)",
        f"14:01 other Tag nightly on {merged[:7]}, made later",
        "14:02 annotation Merge of #13 into main: Slower checkout (#13) (by sam)",
        "14:03 other Commit " + events[4].keys.commit[:7] + ": typo (by dana)",
        f"14:04 annotation Tag v1.5.0 on {merged[:7]} (by release-bot)",
        f'14:18 annotation Revert of {merged[:7]} into main: Revert "Faster checkout" (by dana)',
        '14:20 annotation Revert into main: Revert "Slower checkout" (by dana)',
    ]
    tagged, revert = events[5], events[6]
    assert (tagged.keys.version, tagged.keys.commit, tagged.subject.service) == ("1.5.0", merged, "checkout")
    assert (revert.keys.commit, revert.url) == (back, f"https://git.example.com/c/commit/{back}")


def test_a_bare_clone_and_the_default_branch_of_its_origin(clone: Clone, tmp_path: Path) -> None:
    clone.commit("start", "09:00:00")
    clone.merge("Merge it", "14:01:00")
    for name, options in (("bare", ["--bare"]), ("full", [])):
        subprocess.run(["git", "clone", "--quiet", *options, clone.folder, tmp_path / name], check=True)
        events, _ = read_clone(tmp_path / name)
        assert "14:01 annotation Merge into main: Merge it (by dana)" in told(events)


def test_what_was_pushed_after_the_last_fetch_is_a_gap(clone: Clone, tmp_path: Path) -> None:
    clone.commit("start", "09:00:00")
    copy = tmp_path / "copy"
    subprocess.run(["git", "clone", "--quiet", clone.folder, copy], check=True)
    assert read_clone(copy)[1] == []
    then = WINDOW.start.timestamp() + 300
    for path in (copy / ".git").rglob("*"):
        os.utime(path, (then, then))
    (gap,) = read_clone(copy)[1]
    assert gap.reason == "the clone was last fetched at 2026-04-01 14:05 UTC: what was merged after that is not in it"


def test_a_shallow_clone_says_what_it_lacks(clone: Clone, tmp_path: Path) -> None:
    clone.commit("start", "09:00:00")
    clone.commit("more (#2)", "14:03:00")
    subprocess.run(["git", "clone", "--quiet", "--depth=1", f"file://{clone.folder}", tmp_path / "copy"], check=True)
    events, gaps = read_clone(tmp_path / "copy")
    assert len(events) == 1
    assert "the clone is shallow" in gaps[0].reason


def test_nothing_that_the_repository_configures_is_run(clone: Clone, tmp_path: Path) -> None:
    ran = tmp_path / "ran"
    script = tmp_path / "evil"
    script.write_text(f"#!/bin/sh\ntouch {ran}\n")
    script.chmod(0o755)
    clone.commit("start (#1)", "14:03:00")
    keys = ["core.fsmonitor", "core.pager", "pager.log", "diff.external", "core.sshCommand", "gpg.program"]
    keys += ["core.editor", "core.alternateRefsCommand", "core.askPass", "credential.helper", "alias.log"]
    for key in keys:
        clone.git("config", key, f"!{script}" if key.startswith("alias") else str(script))
    clone.git("config", "log.showSignature", "true")
    clone.git("config", "core.hooksPath", str(tmp_path))
    for name in ("post-index-change", "reference-transaction", "fsmonitor-watchman"):
        (clone.folder / ".git" / "hooks" / name).write_text(script.read_text())
    (clone.folder / ".gitattributes").write_text("* diff=evil filter=evil\n")
    assert len(read_clone(clone.folder)[0]) == 1
    assert not ran.exists()


def test_the_environment_leads_to_no_other_repository(
    clone: Clone, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clone.commit("mine (#1)", "14:03:00")
    other = Clone(tmp_path / "other")
    other.commit("theirs (#2)", "14:03:00")
    monkeypatch.setenv("GIT_DIR", str(other.folder / ".git"))
    monkeypatch.setenv("GIT_CONFIG_COUNT", "1")
    assert ["mine" in one.summary for one in read_clone(clone.folder)[0]] == [True]


def test_a_folder_inside_a_repository_is_not_that_repository(clone: Clone) -> None:
    clone.commit("start", "14:03:00")
    (clone.folder / "docs").mkdir()
    with pytest.raises(BadAnswer, match="no git repository"):
        read_clone(clone.folder / "docs")


@pytest.mark.parametrize("place", ["nothing", "empty", "file", "fifo"])
def test_what_is_no_clone_is_one_error(place: str, tmp_path: Path) -> None:
    path = tmp_path / place
    if place == "empty":
        path.mkdir()
    elif place == "file":
        path.write_text("x")
    elif place == "fifo":
        os.mkfifo(path)
    with pytest.raises(BadAnswer) as bad:
        read_clone(path)
    assert "is no git repository" in bad.value.reason


def test_a_clone_without_a_commit_and_a_branch_that_is_not_there(clone: Clone) -> None:
    with pytest.raises(BadAnswer, match="has no branch main"):
        read_clone(clone.folder)
    clone.commit("start", "14:03:00")
    with pytest.raises(BadAnswer, match="has no branch release"):
        read_clone(clone.folder, branch="release")


def fake_git(folder: Path, script: str, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "bin").mkdir()
    (folder / "bin" / "git").write_text(f"#!/bin/sh\n{script}\n")
    (folder / "bin" / "git").chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder / 'bin'}:/usr/bin:/bin")


def test_a_clone_of_another_user_is_denied_with_the_remedy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake_git(tmp_path, "echo \"fatal: detected dubious ownership in repository at 'x'\" >&2; exit 128", monkeypatch)
    with pytest.raises(Denied) as denied:
        read_clone(tmp_path / "theirs")
    assert denied.value.hint == f"if you trust it: git config --global --add safe.directory {tmp_path}/theirs"


def test_git_that_is_not_installed_hangs_or_floods(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Unreachable, match="cannot be run"):
        read_clone(tmp_path)
    fake_git(tmp_path, "exec sleep 60", monkeypatch)
    begun = time.monotonic()
    with pytest.raises(Unreachable, match="no answer in time"):
        read_clone(tmp_path, timeout=0.3)
    assert time.monotonic() - begun < 20
    monkeypatch.setattr(command, "MOST", 1000)
    (tmp_path / "bin" / "git").write_text("#!/bin/sh\nexec cat /dev/zero\n")
    with pytest.raises(BadAnswer, match="larger than"):
        read_clone(tmp_path)


@pytest.mark.parametrize("branch", ["--upload-pack=x", "a b", "a..b^{tree}", "a:b", "a\nb"])
def test_a_branch_that_git_would_take_for_something_else_is_refused(branch: str) -> None:
    with pytest.raises(ValidationError):
        GitSettings.model_validate({"clone": "x", "branch": branch})


def test_the_merge_that_was_deployed_stands_under_the_deploy_and_the_revert_has_a_row(clone: Clone) -> None:
    clone.commit("start", "09:00:00")
    merged = clone.merge("Merge pull request #12 from acme/topic\n\nFaster checkout", "14:01:00")
    clone.merge("Merge pull request #14 from acme/other\n\nDocs", "14:15:00")
    clone.commit(f'Revert "Faster checkout"\n\nThis reverts commit {merged}.', "14:18:00", by="sam")
    events, _ = read_clone(clone.folder, branch="main")
    shipped = deploy("14:02:05", "14:05:20", 482, "9", "1.5.0", "dana")
    for one in shipped:
        force_setattr(one, "keys", type(one.keys)(run="90482", deployment=one.keys.deployment, commit=merged))
    timeline = draft(Gathered((*shipped, *errors("14:06:00", None), *events), ()), WINDOW, Scope())
    rows = [f"{row.at:%H:%M} {row.text}" for row in timeline.rows]
    assert f'14:18 Revert of {merged[:7]} into main: Revert "Faster checkout" (by sam)' in rows
    assert not any("Docs" in row for row in rows)
    deployed = next(row for row in timeline.rows if row.text.startswith("Deploy of checkout"))
    assert "mine" in deployed.sources
    assert "1 annotation in normal operation: checkout" in timeline.left_out


def deployed(clone: Clone, *deploys: tuple[str, str, str, str], **keys: str) -> list[str]:
    """The starts in the timeline of these (start, end, id, commit), seen beside the clone."""
    shipped: list[Event] = []
    for began, ended, number, sha in deploys:
        for one in deploy(began, ended, int(number), number, "", "dana"):
            of = {"run": number, "deployment": number, **dict.fromkeys(keys or {"commit": ""}, sha)}
            shipped.append(replace(one, keys=Identity(**of), manner=Manner.PLAIN))
    timeline = draft(Gathered((*shipped, *read_clone(clone.folder, branch="main")[0]), ()), WINDOW, Scope())
    starts = (Kind.DEPLOY_STARTED, Kind.ROLLBACK_STARTED)
    return [f"{row.at:%H:%M} {row.text}" for row in timeline.rows if row.kind in starts]


def test_going_back_to_an_older_commit_is_a_rollback_though_its_first_deploy_is_not_known(clone: Clone) -> None:
    # Weeks before the window, and with clocks that run backwards.
    first = clone.commit("start", "09:00:00")
    old = clone.commit("one", "08:59:00")
    new = clone.commit("two", "13:00:00")
    forth, back = deployed(clone, ("14:02:05", "14:05:20", "482", new), ("14:18:05", "14:20:20", "483", old))
    assert "Deploy of checkout" in forth
    assert "Rollback of checkout" in back
    # What is newer goes forth, and so does what no clone has.
    assert not any(
        "Rollback" in row
        for row in deployed(clone, ("14:02:05", "14:05:20", "482", first), ("14:18:05", "14:20:20", "483", new))
    )
    elsewhere = "f" * 40
    assert not any(
        "Rollback" in row
        for row in deployed(clone, ("14:02:05", "14:05:20", "482", new), ("14:18:05", "14:20:20", "483", elsewhere))
    )


def test_of_two_deploys_at_once_the_older_commit_is_the_slower_and_no_rollback(clone: Clone) -> None:
    old, new = clone.commit("one", "13:00:00"), clone.commit("two", "13:10:00")
    rows = deployed(clone, ("14:02:05", "14:05:20", "482", new), ("14:03:05", "14:06:20", "483", old))
    assert not any("Rollback" in row for row in rows)


def test_commits_from_long_before_the_window_are_known_by_their_order(clone: Clone) -> None:
    shas = []
    for day in (10, 11, 9, 12):
        clone.git("commit", "--quiet", "--allow-empty", "-m", f"on day {day}", day=day)
        shas.append(clone.git("rev-parse", "HEAD"))
    shas.append(clone.commit("today", "13:00:00"))
    events, _ = read_clone(clone.folder, branch="main")
    behind = {one.keys.commit: one.numbers["behind"] for one in events}
    assert sorted(shas, key=lambda sha: -behind[sha]) == shas
    assert len(set(behind.values())) == 5


@pytest.mark.parametrize("kind", ["commit", "config_commit"])
def test_a_deploy_of_a_commit_that_reverts_another_is_worded_so(clone: Clone, kind: str) -> None:
    bad = clone.commit("Faster checkout", "13:00:00")
    revert = clone.commit(f'Revert "Faster checkout"\n\nThis reverts commit {bad}.', "14:18:00", by="sam")
    forth, back = deployed(
        clone, ("14:02:05", "14:05:20", "482", bad), ("14:18:35", "14:20:20", "483", revert), **{kind: ""}
    )
    assert "revert" not in forth.lower()
    assert "revert" in back.lower()
