"""What the user has or captured is not lost, whatever goes wrong."""

import os
import re
import signal
import stat
import subprocess
import sys
import threading
import zipfile
from collections.abc import Iterator
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

import pytest

import cli
from collector.capture import BundleWriter
from collector.errors import BundleError
from collector.manifest import Manifest
from pm_timeline.__main__ import run as run_command
from tests.cli.command import COMMAND, pm_timeline, pm_timeline_process
from tests.examples import rarely
from tests.servers.process import ROOT

DEMO = ROOT / "fixtures" / "checkout-incident.zip"
NOTE = ("--from", "2026-04-01 14:00", "--to", "14:30", "--tz", "UTC", "--note", "14:12 Maria: it is the deploy")


def leftovers(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir() if path.name.startswith(".pm-timeline-")]


def test_a_bundle_is_replaced_only_by_force(tmp_path: Path) -> None:
    bundle = tmp_path / "incident.zip"
    assert pm_timeline(*NOTE, "--capture", bundle, folder=tmp_path).code == 0
    before = bundle.read_bytes()
    refused = pm_timeline(*NOTE, "--capture", bundle, folder=tmp_path)
    assert (refused.code, refused.out, bundle.read_bytes()) == (2, "", before)
    assert "exists already; name another file, or replace it with --force" in refused.err
    assert pm_timeline(*NOTE, "--capture", bundle, "--force", folder=tmp_path).code == 0
    assert leftovers(tmp_path) == []


def test_a_device_or_a_link_is_no_place_for_a_bundle(tmp_path: Path) -> None:
    (tmp_path / "link.zip").symlink_to(tmp_path / "elsewhere.zip")
    for place in ("/dev/null", "link.zip"):
        refused = pm_timeline(*NOTE, "--capture", place, "--force", folder=tmp_path)
        assert (refused.code, refused.out) == (2, "")
        assert "is no file that can be replaced" in refused.err
    assert stat.S_ISCHR(os.stat("/dev/null").st_mode)


def test_where_nothing_was_answered_nothing_is_captured(tmp_path: Path) -> None:
    (tmp_path / "pm-timeline.toml").write_text('[sources.p]\ntype = "prometheus"\nurl = "http://127.0.0.1:9"\n')
    done = pm_timeline("--from", "-1h", "--capture", "b.zip", folder=tmp_path)
    assert done.code == 4
    assert sorted(path.name for path in tmp_path.iterdir()) == ["pm-timeline.toml"]


def test_a_capture_that_fails_does_not_cost_the_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*given: object, **options: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("zipfile.ZipFile", full)
    done = pm_timeline(*NOTE, "--capture", "b.zip", folder=tmp_path)
    assert done.code == 2
    assert "14:12" in done.out
    assert "--capture b.zip: cannot write (No space left on device)" in done.err
    assert list(tmp_path.iterdir()) == []


def test_a_file_keeps_its_mode_and_a_link_stays_one(tmp_path: Path) -> None:
    kept = tmp_path / "kept.md"
    kept.write_text("old")
    kept.chmod(0o640)
    (tmp_path / "link.md").symlink_to(kept)
    assert pm_timeline(*NOTE, "--output", "link.md", folder=tmp_path).code == 0
    assert (tmp_path / "link.md").is_symlink()
    assert "14:12" in kept.read_text()
    assert stat.S_IMODE(kept.stat().st_mode) == 0o640


def test_the_table_is_written_over_no_evidence_and_no_notes(tmp_path: Path) -> None:
    bundle, notes = tmp_path / "incident.zip", tmp_path / "notes.md"
    bundle.write_bytes(DEMO.read_bytes())
    notes.write_text("14:12 Maria: it is the deploy")
    (tmp_path / "link.md").symlink_to(notes)
    os.link(bundle, tmp_path / "copy.md")
    window = NOTE[:6]
    for options, output, words in (
        (("--replay", bundle, "--format", "csv"), "incident.zip", "is the file of --replay"),
        (("--replay", bundle), "copy.md", "is the file of --replay"),
        (NOTE, "copy.md", "holds a bundle"),
        ((*window, "--notes", "notes.md"), "notes.md", "is the file of --notes notes.md"),
        ((*window, "--notes", "notes.md"), "link.md", "is the file of --notes notes.md"),
        ((*NOTE, "--capture", "b.md"), "b.md", "is the file of --capture"),
    ):
        refused = pm_timeline(*options, "--output", output, folder=tmp_path)
        assert (refused.code, refused.out, words in refused.err) == (2, "", True), refused.err
    assert bundle.read_bytes() == DEMO.read_bytes()
    assert notes.read_text() == "14:12 Maria: it is the deploy"
    assert not (tmp_path / "b.md").exists()


def test_a_bundle_that_somebody_else_wrote_meanwhile_stays(tmp_path: Path) -> None:
    bundle = tmp_path / "b.zip"
    writer = BundleWriter(bundle, "--capture")
    bundle.write_text("theirs")
    with pytest.raises(BundleError, match="somebody else wrote that file"):
        writer.close(Manifest.model_construct(sources=()))
    assert bundle.read_text() == "theirs"
    assert leftovers(tmp_path) == []


@pytest.mark.parametrize(
    ("name", "begins"), [("t.json", "{"), ("t.csv", "id,time"), ("t.md", "**2026"), ("-", "**2026")]
)
def test_the_format_follows_the_ending(name: str, begins: str, tmp_path: Path) -> None:
    done = pm_timeline(*NOTE, "-o", name, folder=tmp_path)
    text = done.out if name == "-" else (tmp_path / name).read_text()
    assert text.startswith(begins)


def test_an_ending_of_no_format_is_refused(tmp_path: Path) -> None:
    done = pm_timeline(*NOTE, "-o", "t.pdf", folder=tmp_path)
    line = "pm-timeline: --output t.pdf: no format has the ending .pdf; name one with --format\n"
    assert (done.code, done.err, list(tmp_path.iterdir())) == (2, line, [])
    for options, begins in ((("-o", "t"), "**2026"), (("-o", "t.pdf", "--format", "csv"), "id,time")):
        assert pm_timeline(*NOTE, *options, folder=tmp_path).code == 0
        assert (tmp_path / options[1]).read_text().startswith(begins)


@pytest.mark.thorough
@pytest.mark.parametrize("where", ["/dev/full", "closed"])
def test_a_stdout_that_takes_nothing_is_one_line(where: str, tmp_path: Path) -> None:
    command = f"{COMMAND} --replay {DEMO} --format csv " + (">&-" if where == "closed" else f"> {where}")
    done = subprocess.run(["sh", "-c", command], cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60)
    lines = [line for line in done.stderr.splitlines() if not line.startswith("window")]
    assert done.returncode == 2
    assert len(lines) == 1
    assert "stdout" in lines[0]


@pytest.mark.thorough
@pytest.mark.parametrize("where", ["2>/dev/full", "2>&-", "-v 2>/dev/full"])
def test_a_stderr_that_takes_nothing_costs_no_table(where: str, tmp_path: Path) -> None:
    command = f"{COMMAND} --replay {DEMO} --format csv {where}"
    done = subprocess.run(["sh", "-c", command], cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0
    assert done.stdout.startswith("id,time")


def test_who_interrupts_the_start_sees_no_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    class StillLoading(ModuleType):
        def __getattr__(self, name: str) -> object:
            raise KeyboardInterrupt

    # In the wheel it is a part of another package.
    name = f"{cli.__name__}.main"
    monkeypatch.setitem(sys.modules, name, StillLoading(name))
    with pytest.raises(SystemExit) as end:
        run_command()
    assert end.value.code == 130


@pytest.mark.thorough
@pytest.mark.parametrize(
    "options", [rarely("redact a.zip b.zip"), rarely("record --store sqlite:///x.db"), "new x.md --replay {0}", "demo"]
)
def test_a_working_folder_that_was_deleted_is_one_line_or_no_matter(options: str, tmp_path: Path) -> None:
    command = f"mkdir gone && cd gone && rmdir ../gone && {COMMAND} {options.format(DEMO)}"
    done = subprocess.run(["sh", "-c", command], cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60)
    assert done.stderr.count("\n") == 1
    assert done.returncode == 0 if options == "demo" else "working folder was deleted" in done.stderr


def test_notes_come_from_several_files_and_stdin(tmp_path: Path) -> None:
    (tmp_path / "one.md").write_text("14:05 Ann: looks bad\n")
    command = [COMMAND, *NOTE, "--notes", "one.md", "--notes", "-", "--format", "csv"]
    done = subprocess.run(
        command, cwd=tmp_path, input="14:20 Bob: fixed it\n", capture_output=True, text=True, check=False
    )
    assert done.returncode == 0
    assert [words in done.stdout for words in ("Ann: looks bad", "Maria: it is the deploy", "Bob: fixed it")] == [
        True
    ] * 3


class Slow(NamedTuple):
    """A server that accepts every request and answers none."""

    url: str
    asked: threading.Event
    """Set by the first request."""


def begun(process: "subprocess.Popen[str]", slow: Slow) -> None:
    """Wait until it asks the systems, however long a busy machine takes for that."""
    assert slow.asked.wait(60), process.poll()


@pytest.fixture
def slow() -> Iterator[Slow]:
    hold, asked = threading.Event(), threading.Event()

    class Silent(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.set()
            hold.wait(30)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Silent)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield Slow(f"http://127.0.0.1:{server.server_port}", asked)
    hold.set()
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(("options", "shown"), [rarely((), False), (("--partial",), True)])
def test_ctrl_c_ends_it_soon_and_says_what_was_there(
    slow: Slow, options: tuple[str, ...], shown: bool, tmp_path: Path
) -> None:
    (tmp_path / "pm-timeline.toml").write_text(f'[sources.slow]\ntype = "alertmanager"\nurl = "{slow.url}"\n')
    command = [COMMAND, *NOTE, *options, "--capture", "b.zip"]
    # Whoever runs the tests in the background may have SIGINT ignored, which children inherit.
    heard = partial(signal.signal, signal.SIGINT, signal.SIG_DFL)
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    started = subprocess.Popen(command, cwd=tmp_path, text=True, preexec_fn=heard, **pipes)
    begun(started, slow)
    started.send_signal(signal.SIGINT)
    out, err = started.communicate(timeout=20)
    assert started.returncode == 130
    assert "interrupted while asking slow (0 answers)" in err
    assert "Traceback" not in err
    assert ("14:12" in out) is shown
    assert sorted(path.name for path in tmp_path.iterdir()) == ["pm-timeline.toml"]


@pytest.mark.thorough
def test_ctrl_c_with_nothing_yet_does_not_recommend_the_option_that_was_given(slow: Slow, tmp_path: Path) -> None:
    (tmp_path / "pm-timeline.toml").write_text(f'[sources.slow]\ntype = "alertmanager"\nurl = "{slow.url}"\n')
    heard = partial(signal.signal, signal.SIGINT, signal.SIG_DFL)
    command = [COMMAND, "--since", "1h", "--partial"]
    started = subprocess.Popen(command, cwd=tmp_path, text=True, preexec_fn=heard, stderr=subprocess.PIPE)
    begun(started, slow)
    started.send_signal(signal.SIGINT)
    _, err = started.communicate(timeout=20)
    assert err.splitlines()[-1].endswith(": there is no table, because nothing had come until then")


@pytest.mark.parametrize("number", [rarely(signal.SIGTERM), rarely(signal.SIGHUP), signal.SIGQUIT])
def test_a_terminated_run_leaves_no_evidence_behind(number: signal.Signals, slow: Slow, tmp_path: Path) -> None:
    (tmp_path / "pm-timeline.toml").write_text(f'[sources.slow]\ntype = "alertmanager"\nurl = "{slow.url}"\n')
    command = [COMMAND, *NOTE, "--capture", "b.zip"]
    started = subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    begun(started, slow)
    started.send_signal(number)
    started.communicate(timeout=20)
    assert started.returncode == 128 + number
    assert sorted(path.name for path in tmp_path.iterdir()) == ["pm-timeline.toml"]


def test_quiet_says_nothing_and_verbose_says_what_is_asked(tmp_path: Path) -> None:
    assert pm_timeline(*NOTE, "-q", folder=tmp_path).err == ""
    assert "notes: --note" in pm_timeline(*NOTE, "-v", folder=tmp_path).err


def test_since_counts_from_now(tmp_path: Path) -> None:
    done = pm_timeline_process("--since", "90m", "--note", "00:00 x", folder=tmp_path)
    assert done.code == 0
    assert done.err.startswith("notice: no system is configured")


@pytest.mark.thorough
def test_a_pipe_is_no_configuration_and_no_bundle_and_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for option in ("--config", "--replay"):
        refused = pm_timeline_process(*NOTE[:4], option, "pipe", folder=tmp_path, timeout=20)
        assert (refused.code, refused.out) == (2, "")
        assert "is a pipe or a device" in refused.err
        assert len(refused.err.splitlines()) == 1


@pytest.mark.thorough
def test_a_working_folder_that_is_gone_costs_nothing_that_is_not_in_it(tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    script = f'cd "{gone}" && rmdir "{gone}" && exec "$@"'
    for options, code in (((*NOTE, "--format", "csv"), 0), (("--replay", DEMO), 0), (("--replay", "demo.zip"), 2)):
        done = subprocess.run(
            ["sh", "-c", script, "sh", COMMAND, *map(str, options)],
            env={"HOME": str(tmp_path), "PATH": os.environ["PATH"]},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert (done.returncode, "Traceback" in done.stderr) == (code, False), done.stderr
        gone.mkdir()


def test_the_arguments_of_a_token_command_are_in_no_bundle(tmp_path: Path) -> None:
    config = 'url = "http://127.0.0.1:1"\ntoken_command = "echo --password hunter2-hunter2 token-1234"\ntimeout = 1.0\n'
    (tmp_path / "pm-timeline.toml").write_text(f'[sources.prom]\ntype = "prometheus"\n{config}deadline = 1.0\n')
    assert pm_timeline(*NOTE, "--capture", "b.zip", folder=tmp_path).code in (0, 1)
    with zipfile.ZipFile(tmp_path / "b.zip") as packed:
        every = b"".join(packed.read(name) for name in packed.namelist())
    assert b'"token_command": "echo"' in every
    assert b"hunter2" not in every
    assert pm_timeline("--replay", "b.zip", folder=tmp_path).code == 0
    config = config.replace("echo --password", "TOKEN=hunter2-hunter2 echo --password")
    (tmp_path / "pm-timeline.toml").write_text(f'[sources.prom]\ntype = "prometheus"\n{config}deadline = 1.0\n')
    done = pm_timeline(*NOTE, "--capture", "b.zip", "--force", folder=tmp_path)
    with zipfile.ZipFile(tmp_path / "b.zip") as packed:
        every = b"".join(packed.read(name) for name in packed.namelist())
    assert b"hunter2" not in every + (done.out + done.err).encode()


@pytest.mark.thorough
def test_notes_from_a_pipe_are_read_to_their_end_and_ctrl_c_ends_the_waiting(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    heard = partial(signal.signal, signal.SIGINT, signal.SIG_DFL)
    for written, code in ((b"14:13 Ann: looks bad\n", 0), (b"", 130)):
        command = [COMMAND, *NOTE, "--notes", "pipe", "--format", "csv"]
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        started = subprocess.Popen(command, cwd=tmp_path, text=True, preexec_fn=heard, **pipes)
        # Returns once the command has opened the other end.
        with pipe.open("wb", buffering=0) as opened:
            if code:
                started.send_signal(signal.SIGINT)
            else:
                opened.write(written)
                opened.close()
            out, err = started.communicate(timeout=60)
        assert (started.returncode, "Ann: looks bad" in out, "Traceback" in err) == (code, not code, False), err


@pytest.mark.parametrize(
    "options",
    [("init",), (*NOTE, "--capture", "b.zip"), (*NOTE, "--notes", "n.md"), ("new", "x.md", "--replay", DEMO)],
    ids=str,
)
def test_a_folder_that_may_not_be_read_is_one_line(
    options: tuple[str | Path, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask = os.stat

    def refused(path: str | Path, *more: object, **how: object) -> os.stat_result:
        # Whoever runs the tests as root may read every folder.
        if not Path(path).is_absolute() and Path(path).suffix in (".zip", ".md", ".toml"):
            raise PermissionError(13, "Permission denied", str(path))
        return ask(path, *more, **how)

    monkeypatch.setattr("os.stat", refused)
    done = pm_timeline(*options, folder=tmp_path)
    assert (done.code, done.out) == (2, "")
    last = done.err.splitlines()[-1]
    assert re.match(r"pm-timeline: .*Permission denied", last), done.err
    assert list(tmp_path.iterdir()) == []
