"""What README and docs show is run or read: every command against real servers, every configuration and every role."""

import json
import re
import shlex
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
import yaml
from typer.core import TyperGroup

import pm_timeline as library
from cli.main import app
from sources.config import load
from tests.cli.command import pm_timeline, pm_timeline_process
from tests.documents import Block, blocks
from tests.servers.process import ROOT, require
from tests.servers.prometheus import prometheus
from tests.sources.prometheus.samples import Sampled, openmetrics
from tests.sources.recorder.api import api
from tests.sources.recorder.recording import recording, rows, store_of, until

DEMO = ROOT / "fixtures" / "checkout-incident.zip"
EVERY = list(blocks())
COMMANDS = [block for block in EVERY if not block.language and block.commands]
OTHERS = [block for block in EVERY if not block.language and not block.commands]
_INSTALLS = re.compile(r"(?:pip|pipx|uv tool) install (?:--force )?(?:\.|'(?:\.|pm-timeline)\[(\w+)\]')")
_WRITE_FILES = ("new", "update", "redact")
_OF_OTHERS = {
    *("--add", "--global", "--first-parent"),  # git
    *("--atomic", "--history-max", "--keep-history", "--rollback-on-failure"),  # helm
    *("--event-ttl", "--disable-eviction", "--metric-labels-allowlist"),  # Kubernetes
    "--help",
}
"""Options in the pages that are none of ours, or of every command."""
_FINDS = "pm-timeline lint"
"""What it has found is its exit code 1; a postmortem that nobody has written yet lacks something."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A Prometheus that has scraped one target until now."""
    require("prometheus", "promtool")
    now = int(time.time())
    up = Sampled("up", {"job": "node"}, [(at, 1) for at in range(now - 3 * 86400, now, 60)])
    with prometheus(tmp_path_factory.mktemp("prometheus"), openmetrics([up])) as url:
        yield url


@pytest.fixture(scope="module")
def recorded() -> set[str]:
    """The commands with which the recorder was run already."""
    return set()


@pytest.fixture
def folder(tmp_path: Path, server: str) -> Path:
    """What a reader of the pages has."""
    (tmp_path / "pm-timeline.toml").write_text(f'[sources.prometheus]\ntype = "prometheus"\nurl = "{server}"\n')
    (tmp_path / "notes.md").write_text("- 14:12 Maria (on-call) identifies the new deploy as the cause\n")
    (tmp_path / "team.md.j2").write_text("# Incident of {{ date }}\n\n## Timeline\n\n{{ timeline }}\n")
    (tmp_path / "draft.md").write_text(
        "# Checkout down, 2026-04-01\n\nThe deploy of checkout 1.5.0 began at 14:02 UTC.\n"
    )
    for name in ("postmortems", "FOLDER"):
        (tmp_path / name).mkdir()
        shutil.copy(tmp_path / "draft.md", tmp_path / name)
    return tmp_path


def test_nothing_of_the_pages_is_left_out() -> None:
    """A block of a new language needs a test here, or is no code; Markdown is read by the tests of recurrences."""
    assert {block.language for block in EVERY} == {"", "toml", "yaml", "json", "python", "markdown"}
    assert len(COMMANDS) >= 15
    assert {block.page for block in EVERY} >= {"README.md", "docs/formats.md", "docs/postmortem.md"}


def test_the_first_screen_has_how_to_begin_and_the_table() -> None:
    screen = (ROOT / "README.md").read_text().splitlines()[:40]
    begin = [
        "make demo",
        "make test",
        "pipx install",
        "pm-timeline init",
        "pm-timeline check",
        "pm-timeline --since 1h",
    ]
    at = [next(n for n, line in enumerate(screen) if line.strip().startswith(command)) for command in begin]
    table = [n for n, line in enumerate(screen) if re.match(r"\| \d\d:\d\d \|", line)]
    assert at == sorted(at)
    assert len(table) == 8
    assert at[-1] < table[0]


@pytest.mark.parametrize("block", COMMANDS, ids=lambda block: block.id)
def test_commands_do_what_they_are_shown_for(block: Block, folder: Path, server: str, recorded: set[str]) -> None:
    prepare(block, folder)
    for command in block.commands:
        if command.startswith("make "):
            target = command.removeprefix("make ")
            assert re.search(rf"^{re.escape(target)}:", (ROOT / "Makefile").read_text(), re.MULTILINE), command
        elif not command.startswith("pm-timeline "):
            installed = _INSTALLS.fullmatch(command)
            assert installed, command
            extra = installed[1]
            assert extra is None or f"\n{extra} = [" in (ROOT / "pyproject.toml").read_text(), command
        elif command.startswith("pm-timeline record"):
            # Several pages show the same.
            if command not in recorded:
                records(command, folder)
            recorded.add(command)
        else:
            run(command, folder, server)


def prepare(block: Block, folder: Path) -> None:
    """The files that the commands need, and none that they make."""
    text = block.text
    if "--capture incident.zip" not in text:
        shutil.copy(DEMO, folder / "incident.zip")
    if "pm-timeline init" in text:
        (folder / "pm-timeline.toml").unlink()
    if "postmortem.md" in text and "pm-timeline new" not in text:
        done = pm_timeline("new", "postmortem.md", "--replay", DEMO, folder=folder)
        assert done.code == 0, done.err
    if "pm-timeline update postmortem.md --replay" in text or "update postmortem.md --from" in text:
        (folder / "postmortem.md").unlink(missing_ok=True)
        (folder / "postmortem.md").write_text("# Postmortem\n\n## Timeline\n")
    if "pm-timeline verify FILE.md" in text:
        done = pm_timeline("new", "FILE.md", "--replay", DEMO, folder=folder)
        assert done.code == 0, done.err
    elif "FILE.md" in text:
        (folder / "FILE.md").write_text("# Postmortem\n\n## Timeline\n")


def run(command: str, folder: Path, server: str) -> None:
    """In a process of its own where a shell goes on with the output, else in this one."""
    command, _, piped = command.partition(" | ")
    command, _, kept = command.partition(" > ")
    words = shlex.split(command)[1:]
    if "ID" in words:
        row = library.replay(DEMO).rows[2].id
        words = [row if word == "ID" else word for word in words]
    if words[0] == "new":
        # Each of the lines makes it anew.
        (folder / words[1]).unlink(missing_ok=True)
    if words[:2] == ["update", "FILE.md"]:
        words += ["--replay", "incident.zip"]
    if words == ["new", "FILE.md"]:
        words += ["--replay", "incident.zip"]
    done = pm_timeline(*words, folder=folder, env={"PROMETHEUS_URL": server})
    expected = int(command.startswith(_FINDS))
    assert done.code == expected, f"{command}: {done.code}\n{done.err}\n{done.out[-500:]}"
    assert done.out or "--output" in words or words[0] in _WRITE_FILES, command
    if kept:
        assert done.out, "a file of nothing"
    if piped:
        assert all(json.loads(line) for line in done.out.splitlines())
        assert re.fullmatch(r"jq -r '[^']+' \| sort \| uniq -c", piped)


def records(command: str, folder: Path) -> None:
    """The recorder runs until SIGTERM; a database that is not there ends it with its name."""
    options = shlex.split(command)[2:]
    (folder / "pm-timeline.toml").unlink(missing_ok=True)
    with api(folder) as server:
        env = {"KUBECONFIG": str(server.kubeconfig)}
        if "--store" in options:
            elsewhere = [one.replace("db.example.com", "nowhere.invalid") for one in options]
            done = pm_timeline_process("record", *elsewhere, folder=folder, env=env)
            assert done.code == 2
            assert "nowhere.invalid" in done.err
            return
        with recording(folder, server.kubeconfig, *options):
            until(lambda: rows(store_of(folder), "SELECT count(*) FROM pm_timeline_positions")[0][0])


@pytest.mark.parametrize("block", OTHERS, ids=lambda block: block.id)
def test_examples_of_notes_and_output_are_as_they_are(block: Block, tmp_path: Path) -> None:
    lines = [line.strip() for line in block.text.splitlines() if line.strip()]
    if block.page == "README.md":
        with pytest.warns(library.TimelineWarning, match="only the notes are read"):
            given = library.timeline(
                "2026-07-01 14:00", "2026-07-01 14:30", tz="UTC", note=lines, full=True, config={"sources": {}}
            )
        assert [f"{row.at:%H:%M}" for row in given.rows] == ["14:12", "14:15", "14:18"]
        assert not given.left_out
    elif block.page == "docs/notes.md":
        (tmp_path / "notes.md").write_text("\n".join(lines))
        options = ("--from", "2026-04-01 14:00", "--to", "14:30", "--tz", "UTC", "--notes", "notes.md")
        done = pm_timeline(*options, "--format", "json", folder=tmp_path)
        rows = [row["text"].split(":")[0].split()[0] for row in json.loads(done.out)["rows"]]
        assert rows == [("Maria", "Sam")[number % 2] for number in range(len(rows))]
        assert len(rows) in (len(lines), len(lines) / 2)
    elif block.page == "docs/architecture.md":
        # A picture of the flow, or the folders and modules that there are.
        for module in re.findall(r"[\w/]+\.py", block.text):
            assert list(ROOT.glob(f"sources/**/{module}")) or list(ROOT.glob(f"collector/**/{module}")), module
    else:
        # A part of what stands under a table.
        assert all(line.startswith("- ") for line in lines), lines


@pytest.mark.parametrize("block", [each for each in EVERY if each.language == "toml"], ids=lambda block: block.id)
def test_configurations_are_read(block: Block, tmp_path: Path) -> None:
    path = tmp_path / "pm-timeline.toml"
    path.write_text(block.text)
    config = load(path)
    scope = config.scope
    assert config.sources or scope.aliases or scope.pins or scope.clock_offsets or config.template


@pytest.mark.parametrize("block", [each for each in EVERY if each.language == "yaml"], ids=lambda block: block.id)
def test_roles_and_policies_are_objects_of_kubernetes(block: Block) -> None:
    for content in yaml.safe_load_all(block.text):
        assert {"apiVersion", "kind", "rules"} <= set(content)
        assert content["kind"] in ("ClusterRole", "Role", "Policy")
        for rule in content["rules"] if content["kind"] != "Policy" else ():
            assert set(rule) <= {"apiGroups", "resources", "verbs", "resourceNames"}
            assert set(rule["verbs"]) <= {"list", "get", "watch"}, "nothing is ever changed"


@pytest.mark.parametrize("block", [each for each in EVERY if each.language == "json"], ids=lambda block: block.id)
def test_json_is_json(block: Block) -> None:
    parsed = [json.loads(block.text)] if block.text.lstrip()[0] in "{[" and "\n{" not in block.text else []
    parsed = parsed or [json.loads(line) for line in block.text.splitlines()]
    assert all(parsed)


@pytest.mark.parametrize("block", [each for each in EVERY if each.language == "python"], ids=lambda block: block.id)
def test_python_runs(block: Block, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    shutil.copy(DEMO, folder / "incident.zip")
    named: dict[str, object] = {}
    exec(compile(block.text, block.page, "exec"), named)  # noqa: S102 - the README's own example
    assert list(named["frame"].columns)  # type: ignore[attr-defined] # pandas


def test_every_option_is_in_readme_or_docs_and_none_is_there_that_is_not() -> None:
    command = typer.main.get_command(app)
    assert isinstance(command, TyperGroup)
    every = (command, *command.commands.values())
    known = {option for one in every for each in one.params for option in each.opts if option.startswith("--")} | {
        "--no-coverage"
    }
    texts = [
        re.sub(r"https?://\S+", "", page.read_text()) for page in (ROOT / "README.md", *(ROOT / "docs").rglob("*.md"))
    ]
    shown = {option for text in texts for option in re.findall(r"(?<![\w-])--[a-z][\w-]+", text)}
    assert known - {"--install-completion", "--show-completion", "--version", "--coverage"} <= shown
    assert shown - known == _OF_OTHERS
    named = {words[1] for block in COMMANDS for line in block.commands if len(words := line.split()) > 1}
    assert set(command.commands) <= named
