"""What users get wrong: one line that names the culprit and the remedy, exit code 2, nothing on stdout."""

import json
import shutil
from pathlib import Path
from unittest import mock

import pytest

from tests.cli.command import pm_timeline, pm_timeline_process
from tests.servers.process import ROOT

DEMO = ROOT / "fixtures" / "checkout-incident.zip"

DEAD = '[sources.prom]\ntype = "prometheus"\nurl = "http://127.0.0.1:1"\ntimeout = 0.2\n'


@pytest.mark.parametrize(("home", "why"), [("/dev/null", "File exists"), ("/proc", "No such file or directory")])
def test_a_home_in_which_nothing_can_be_written_takes_no_completion(home: str, why: str, tmp_path: Path) -> None:
    # typer takes the shell from the processes above it, which are not the same everywhere; here it is named.
    env = {"HOME": home, "_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION": "1"}
    done = pm_timeline_process("--install-completion", "bash", folder=tmp_path, env=env)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith(f"pm-timeline: {home}")
    assert done.err.endswith(f"{why}\n")


@pytest.mark.parametrize(
    ("options", "culprit"),
    [
        (["--from", "2 pm", "--to", "14:30"], "--from '2 pm'"),
        (["--from", "14:00", "--to", "half past"], "--to 'half past'"),
        (["--from", "25:00", "--to", "14:30"], "--from '25:00'"),
        (["--from", "2026-04-01 14:00", "--to", "2026-04-01 14:00"], "same moment"),
        (["--from", "14:00", "--to", "14:00"], ""),
        (["--from", "2199-01-01 14:00", "--to", "14:30"], "is in the future"),
        (["--from", "2026-01-01 00:00", "--to", "2026-04-01 00:00"], "90 days long, 7 days are the most"),
        (["--from", "2026-04-01 14:00", "--to", "2026-04-01 13:00"], "before --from"),
        (["--from", "2026-03-29 02:30", "--to", "+30m", "--tz", "Europe/Berlin"], "Europe/Berlin"),
        (["--from", "2026-10-25 02:30", "--to", "+30m", "--tz", "Europe/Berlin"], "+02:00"),
        (["--from", "14:00", "--to", "14:30", "--tz", "CST"], "--tz 'CST'"),
        ([], "--from missing: give the window, for example --since 1h, or --from 14:00 --to 14:30"),
        (["--since", "1h", "--from", "14:00"], "--since 1h: is another way to say --from"),
        (["--since", "soon"], "--since 'soon': not a span; write 90m, 1h"),
        (["--since", "14:00"], "--since '14:00': not a span; write 90m, 1h, 1h30m, 2d, or a time with --from"),
        (["--from", "-90m", "--output", ".", "--note", "14:00 x"], "--output .: is a folder"),
        (["--from", "-90m", "--notes", "-", "--notes", "-"], "--notes -: stdin can be read once"),
        (["--from", "-90m", "--notes", "."], "--notes .: is a folder; give the path of a text"),
        (["--from", "-90m", "--service", "", "--note", "x"], "--service: is empty; give a value, or leave it out"),
        (["--from", "-90m", "--source", ""], "--source: is empty; give a value"),
        (["--from", "-90m", "--tz", "", "--note", "x"], "--tz: is empty; give a value"),
        (
            ["--replay", DEMO, "--clock-offset", "github=+3s", "--clock-offset", "github=-3s"],
            "--clock-offset github=-3s: this source has another one already",
        ),
        (
            ["--from", "-90m", "--context", "prod"],
            "--context prod: no source of type kubernetes is configured",
        ),
        (["--fro", "14:00"], "--fro"),
        (["--x\u202ey"], "No such option: --x y"),
        (["--evidence", "all"], "'--evidence': 'all' is not one of 'column', 'inline', 'list', 'none'."),
        (["lint", "--nope"], "(see pm-timeline lint --help)"),
        (["new", "no/such/postmortem.md", "--replay", "none.zip"], "no/such/postmortem.md: cannot be written"),
        (["--from", "14:00", "--to", "14:30", "--format", "pdf"], "pdf"),
        (["--from", "14:00", "--to", "14:30", "--source", "nope"], "--source nope: no such source; there are: prom"),
        (["--from", "-90m", "--source", "Prm"], "--source Prm: no such source; did you mean prom?"),
        (["--from", "14:00", "--to", "14:30", "--config", "none.toml"], "none.toml"),
        (["--from", "-90m", "--to", "now", "--capture", "no/such/b.zip"], "--capture no/such/b.zip"),
        (["--from", "-90m", "--to", "now", "--output", "no/such/t.md", "--note", "14:00 x"], "--output no/such/t.md"),
        (["--replay", "none.zip", "--plot"], "--plot: only JSON"),
        (["--replay", "none.zip"], "--replay none.zip: no such file"),
        (["--replay", "none.zip", "--capture", "b.zip"], "--capture b.zip"),
        (["--replay", "none.zip", "--context", "prod"], "--context prod: has no use with --replay"),
    ],
)
def test_wrong_use_is_one_line(options: list[str], culprit: str, tmp_path: Path) -> None:
    (tmp_path / "pm-timeline.toml").write_text(DEAD)
    done = pm_timeline(*options, folder=tmp_path)
    said = ("window", "notice", "configuration")
    complaints = [line for line in done.err.splitlines() if not line.startswith(said)]
    assert (done.code, done.out) == (2, "")
    assert len(complaints) == 1
    assert complaints[0].startswith("pm-timeline: ")
    assert culprit in complaints[0]


def test_who_begins_with_the_bare_command_reads_how_to_begin(tmp_path: Path) -> None:
    done = pm_timeline(folder=tmp_path)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("pm-timeline: no source is configured; begin with pm-timeline init, or ")


def test_a_context_that_the_kubeconfig_does_not_have_is_refused_before_anything_is_asked(tmp_path: Path) -> None:
    kubeconfig = tmp_path / "kubeconfig"
    kubeconfig.write_text("contexts: [{name: staging, context: {}}, {name: prod, context: {}}]")
    env = {"KUBECONFIG": str(kubeconfig)}
    done = pm_timeline("--since", "1h", "--context", "stagin", "-q", folder=tmp_path, env=env)
    line = "pm-timeline: --context stagin: no such context; did you mean staging?; there are: staging, prod\n"
    assert (done.code, done.out, done.err) == (2, "", line)
    kubeconfig.write_text("contexts: 7")
    unreadable = pm_timeline("--since", "1h", "--context", "prod", "-q", folder=tmp_path, env=env)
    assert unreadable.code == 4
    assert "is malformed" in unreadable.err


def test_a_context_of_several_clusters_names_them(tmp_path: Path) -> None:
    cluster = '[sources.{0}]\ntype = "kubernetes"\ncluster = "{0}"\n'
    (tmp_path / "pm-timeline.toml").write_text(cluster.format("east") + cluster.format("west"))
    done = pm_timeline("--since", "1h", "--context", "prod", "-q", folder=tmp_path)
    assert done.code == 2
    assert "several sources are of type kubernetes; set `context` of east, west instead" in done.err


def test_a_process_of_its_own_ends_with_the_same_code(tmp_path: Path) -> None:
    done = pm_timeline_process("--from", "2 pm", "--to", "14:30", folder=tmp_path)
    assert (done.code, done.out, len(done.err.splitlines())) == (2, "", 1)


@pytest.mark.parametrize(
    ("text", "culprits"),
    [
        (
            '[sources.prom]\ntype = "promtheus"\n',
            ["sources.prom.type", "did you mean prometheus?", "kubernetes", "github"],
        ),
        (DEAD + 'urll = "x"\n', ["sources.prom.urll: unknown key; did you mean url?; allowed:"]),
        (DEAD.replace("0.2", '"soon"'), ["sources.prom.timeout"]),
        (DEAD + 'token = "hunter2"\n', ["sources.prom.token", "token_env"]),
        ("[sources.prom\n", ["not valid TOML", "line 1"]),
        ("tz = 'Mars/Base'\n" + DEAD, ["tz 'Mars/Base'"]),
        (
            '[sources.a]\ntype = "kubernetes"\n[sources.b]\ntype = "kubernetes"\n',
            ["sources.a and sources.b", "set `cluster` in each"],
        ),
        ("# nothing was found\n", ["pm-timeline.toml: no source is configured; write a [sources.NAME] table into it"]),
    ],
)
def test_a_wrong_configuration_names_file_key_and_what_is_allowed(
    text: str, culprits: list[str], tmp_path: Path
) -> None:
    (tmp_path / "pm-timeline.toml").write_text(text)
    done = pm_timeline("--from", "-90m", "--to", "now", folder=tmp_path)
    assert (done.code, done.out) == (2, "")
    assert len(done.err.splitlines()) == 1
    assert all(culprit in done.err for culprit in ["pm-timeline.toml", *culprits])
    assert "hunter2" not in done.err


@pytest.mark.parametrize(
    ("options", "line"),
    [
        (["--namespace", "paymnts"], "no such namespace: paymnts; did you mean payments?"),
        (["--service", "chekout"], "nothing was seen of a service chekout; did you mean checkout?"),
        (["--pin", "e2f6c84"], "no row or story has the id e2f6c84; pm-timeline explain lists the ids"),
    ],
)
def test_a_name_that_nobody_knows_is_said_on_stderr_and_below_the_table(
    options: list[str], line: str, tmp_path: Path
) -> None:
    done = pm_timeline("--replay", DEMO, *options, folder=tmp_path)
    assert done.code == 0
    assert f"pm-timeline: {line}" in done.err.splitlines()
    assert line in done.out


def test_a_zone_in_a_bundle_that_does_not_exist_is_not_that_of_the_option(tmp_path: Path) -> None:
    bundle = tmp_path / "incident"
    shutil.unpack_archive(DEMO, bundle)
    manifest = json.loads((bundle / "manifest.json").read_text())
    manifest["window"]["tz"] = "Mars/Olympus"
    (bundle / "manifest.json").write_text(json.dumps(manifest))
    done = pm_timeline("--replay", bundle, folder=tmp_path)
    assert done.code == 2
    assert f"--replay {bundle}: tz of its window 'Mars/Olympus': no such time zone" in done.err
    assert "--tz" not in done.err


def test_a_file_of_notes_that_is_named_twice_is_read_once(tmp_path: Path) -> None:
    (tmp_path / "notes.md").write_text("2026-04-01 14:12 it is the new deploy\n")
    window = ["--from", "2026-04-01 14:00", "--to", "+30m", "--tz", "UTC", "--format", "csv"]
    done = pm_timeline(*window, "--notes", "notes.md", "--notes", tmp_path / "notes.md", folder=tmp_path)
    assert done.code == 0
    assert done.out.count("new deploy") == 1


@pytest.mark.parametrize("columns", ["0", "1"])
def test_a_terminal_without_width_gets_the_whole_table(columns: str, tmp_path: Path) -> None:
    done = pm_timeline("--replay", DEMO, "--format", "table", folder=tmp_path, env={"COLUMNS": columns})
    assert done.code == 0
    assert all(word in done.out for word in ("14:02", "Rollback", "CheckoutHigh"))
    assert max(map(len, done.out.splitlines())) <= 20


def test_notes_from_a_closed_stdin_say_so(tmp_path: Path) -> None:
    with mock.patch("sys.stdin", None):
        done = pm_timeline("--since", "1h", "--notes", "-", folder=tmp_path)
    assert done.code == 4
    assert "stdin, from which the notes are to be read, is closed" in done.err


def test_a_tz_that_names_no_zone_is_said(tmp_path: Path) -> None:
    done = pm_timeline("--since", "1h", "--note", "x", folder=tmp_path, env={"TZ": "Nowhere/City"})
    assert "warning: TZ 'Nowhere/City' names no time zone, so UTC is used all year\n" in done.err
