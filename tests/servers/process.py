"""Finding, starting and stopping the programs that the tests run against."""

import contextlib
import lzma
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
import requests

ROOT = Path(__file__).parents[2]
ASSETS = Path(os.environ.get("KUBEBUILDER_ASSETS") or "~/.cache/kubebuilder/bin").expanduser()
"""Where envtest and its `setup-envtest` keep kube-apiserver and etcd."""
_PACKED = ROOT.parent / "shared" / "kubernetes" / "bin"


class Missing(Exception):
    """A program or file that a test needs is not on this machine."""


def binary(name: str) -> str:
    """Path of a program, from the assets or PATH. Raises Missing."""
    packed = _PACKED / f"{name}.xz"
    if packed.exists() and not (ASSETS / name).exists():
        _unpack(packed, ASSETS / name)
    found = shutil.which(name, path=f"{ASSETS}{os.pathsep}{os.environ.get('PATH', '')}")
    if found is None:
        raise Missing(f"{name} is neither in {ASSETS} nor on PATH")
    return found


def require(*names: str) -> None:
    """Skip the test if one of these programs is missing; fail it if PM_TIMELINE_REQUIRE_SERVERS=1."""
    with or_skip():
        for name in names:
            binary(name)


@contextlib.contextmanager
def or_skip() -> Iterator[None]:
    """What `require` does, for anything that may raise Missing."""
    try:
        yield
    except Missing as missing:
        if os.environ.get("PM_TIMELINE_REQUIRE_SERVERS") == "1":
            pytest.fail(f"PM_TIMELINE_REQUIRE_SERVERS=1, but {missing}")
        pytest.skip(str(missing))


def free_port() -> int:
    """A loopback port that nothing listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def session(ca: Path | None = None, token: str = "") -> requests.Session:
    """A session for servers on this machine: no proxy, certificate bundle or netrc from the environment."""
    made = requests.Session()
    made.trust_env = False
    if ca is not None:
        made.verify = str(ca)
    if token:
        made.headers["Authorization"] = f"Bearer {token}"
    return made


def answers(made: requests.Session, url: str) -> bool:
    """Whether a server says at `url` that it is ready."""
    try:
        return made.get(url, timeout=5).status_code == 200
    except requests.RequestException:
        return False


@contextlib.contextmanager
def running(arguments: Sequence[str], log: Path, patience: float = 10) -> Iterator[subprocess.Popen[bytes]]:
    """Run a program with its output in `log`; end it, by force after some seconds of `patience`, on the way out."""
    with log.open("ab") as output:
        process = subprocess.Popen(arguments, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT)
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(patience)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def wait_until(ready: Callable[[], bool], process: subprocess.Popen[bytes], log: Path, seconds: float = 90) -> None:
    """Wait until `ready()`. Raises RuntimeError with the end of the log if it ends or does not get ready."""
    end = time.monotonic() + seconds
    while not ready():
        if process.poll() is not None or time.monotonic() > end:
            tail = log.read_text(errors="replace")[-2000:]
            raise RuntimeError(f"{process.args!r} did not get ready:\n{tail}")
        time.sleep(0.1)


def _unpack(packed: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    # Several test processes may unpack at once: the last one to rename wins, and no one sees half a file.
    part = target.with_name(f".{target.name}.{os.getpid()}")
    with lzma.open(packed) as source, part.open("wb") as sink:
        shutil.copyfileobj(source, sink)
    part.chmod(0o755)
    part.rename(target)
