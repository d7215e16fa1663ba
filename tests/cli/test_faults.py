"""Every source, failing in every way, through the whole command: the others go on, and no secret leaves it."""

import base64
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.command import Done, pm_timeline, pm_timeline_process
from tests.examples import pairs, rarely
from tests.servers.faulty import FAULTS, UNENDING, faulty

CANARY = "canary-4f1d2c-secret"
WINDOW = ("--from", "2026-04-01 14:00", "--to", "14:30")
NOTE = ("--note", "14:12 we saw it")
LIMITS = "timeout = 0.2\ndeadline = 0.6\n"
WITH_TOKEN = 'url = "{url}"\ntoken_env = "CANARY"\n'
CLUSTER = 'kubeconfig = "kubeconfig"\n'
SETTINGS = {
    "prometheus": WITH_TOKEN,
    "kubernetes": CLUSTER,
    "github": 'repository = "acme/checkout"\napi_url = "{url}"\ntoken_env = "CANARY"\n',
    "gitlab": WITH_TOKEN + 'projects = ["acme/shop/checkout"]\n',
    "grafana": WITH_TOKEN,
    "jenkins": WITH_TOKEN + 'username = "reader"\n',
    "alertmanager": WITH_TOKEN,
    "terraform": WITH_TOKEN + 'organization = "acme"\n',
    "kubernetes-audit": WITH_TOKEN + 'query = "{{}}"\n',
    "loki-events": WITH_TOKEN,
    "elasticsearch-events": WITH_TOKEN,
    "kube-state-metrics": WITH_TOKEN,
    "launchdarkly": WITH_TOKEN + 'projects = ["shop"]\n',
    "unleash": WITH_TOKEN,
    "flagsmith": WITH_TOKEN + "organisation = 1\n",
    "argocd": WITH_TOKEN,
    "flux": CLUSTER,
    "helm": CLUSTER,
    "tekton": CLUSTER,
    "recorder": 'store = "{database}/db"\ntoken_env = "CANARY"\n',
}
_EVERY = 16
_CASES = [
    (source, fault, (number + other) % _EVERY == 0)
    for number, source in enumerate(SETTINGS)
    for other, fault in enumerate(FAULTS)
    # To who speaks PostgreSQL's protocol no HTTP server answers anything, whatever its fault.
    if source != "recorder" or fault in ("refused", "hanging")
]
CASES = [(source, fault) if now or fault == "refused" else rarely(source, fault) for source, fault, now in _CASES]
"""Each source with one or two of the faults, and each fault with some of the sources; `make test-all` tries all.

`tests/sources/test_http_contract.py` has every source with every answer, below the command.
"""


def configured(source: str, url: str, folder: Path) -> None:
    kubeconfig = folder / "kubeconfig"
    kubeconfig.write_text(
        f"""
apiVersion: v1
kind: Config
clusters: [{{name: c, cluster: {{server: "{url}"}}}}]
users: [{{name: u, user: {{token: {CANARY}}}}}]
contexts: [{{name: x, context: {{cluster: c, user: u}}}}]
current-context: x
"""
    )
    settings = SETTINGS[source].format(url=url, database=url.replace("http", "postgresql"))
    (folder / "pm-timeline.toml").write_text(f'[sources.bad]\ntype = "{source}"\n{LIMITS}{settings}')


def leaks(folder: Path, *texts: str) -> list[str]:
    """Where the canary, or its base64, is found: in the texts or in any file but the kubeconfig."""
    places = dict(enumerate(texts))
    found = [str(name) for name, text in places.items() if _contains(text.encode())]
    for path in folder.rglob("*"):
        if path.suffix == ".zip":
            with zipfile.ZipFile(path) as packed:
                found += [f"{path}:{name}" for name in packed.namelist() if _contains(packed.read(name))]
        elif path.is_file() and path.name != "kubeconfig" and _contains(path.read_bytes()):
            found.append(str(path))
    return found


OVERDUE = re.compile(r"(no answer|not finished) within 0\.\d+ s|still coming when the 0\.\d+ s were over")
"""How it is said that a source took too long."""


def _contains(body: bytes) -> bool:
    return CANARY.encode() in body or base64.b64encode(CANARY.encode()) in body


def one_is_missing(command: Callable[..., Done], source: str, fault: str, folder: Path) -> None:
    """The rest of the table is there, the source is named under it, and the bundle gives the same again."""
    with faulty(fault) as url:
        configured(source, url, folder)
        done = command(*WINDOW, *NOTE, "--capture", "bundle.zip", "--strict", folder=folder, env={"CANARY": CANARY})
    assert done.code == 3, done
    assert "we saw it" in done.out
    coverage = done.out.partition("Coverage")[2]
    assert "bad" in coverage
    assert fault not in UNENDING or OVERDUE.search(coverage), coverage
    assert leaks(folder, done.out, done.err) == []

    again = command("--replay", "bundle.zip", folder=folder)
    assert (again.code, again.out) == (0, done.out)


def none_is_there(command: Callable[..., Done], source: str, fault: str, folder: Path) -> None:
    """There is no table, but why each source could not be asked."""
    with faulty(fault) as url:
        configured(source, url, folder)
        done = command(*WINDOW, folder=folder, env={"CANARY": CANARY})
    assert (done.code, done.out) == (4, "")
    assert "no source could be asked" in done.err
    assert "bad: " in done.err
    assert leaks(folder, done.err) == []


@pytest.mark.parametrize(("source", "fault"), CASES)
def test_a_source_that_fails_is_named_and_takes_nothing_down(source: str, fault: str, tmp_path: Path) -> None:
    one_is_missing(pm_timeline, source, fault, tmp_path)


@pytest.mark.thorough
@pytest.mark.parametrize(("source", "fault"), [("kubernetes", "hanging"), ("prometheus", "dripping")])
def test_a_process_of_its_own_does_not_wait_for_a_source_that_hangs(source: str, fault: str, tmp_path: Path) -> None:
    one_is_missing(pm_timeline_process, source, fault, tmp_path)


@pytest.mark.parametrize(
    ("source", "fault"), pairs(["prometheus", "kubernetes", "github"], ["refused", "403", "html"], 3)
)
def test_where_no_source_can_be_asked_there_is_no_table(source: str, fault: str, tmp_path: Path) -> None:
    none_is_there(pm_timeline, source, fault, tmp_path)


def test_a_process_of_its_own_ends_with_the_same_code(tmp_path: Path) -> None:
    none_is_there(pm_timeline_process, "github", "403", tmp_path)


@pytest.mark.parametrize("env", [{}, {"CANARY": ""}])
def test_a_token_that_cannot_be_had_is_a_gap_that_names_its_variable(env: dict[str, str], tmp_path: Path) -> None:
    configured("github", "http://127.0.0.1:1", tmp_path)
    done = pm_timeline(*WINDOW, *NOTE, folder=tmp_path, env=env)
    assert done.code == 0
    assert "CANARY is not set" in done.out.replace("\\", "")


@pytest.mark.parametrize("way", [f'token_command = "echo {CANARY}"', 'token_file = "token"'])
def test_a_token_from_a_command_or_file_leaves_no_trace(way: str, tmp_path: Path) -> None:
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret" / "token").write_text(CANARY + "\n")
    config = tmp_path / "secret" / "pm-timeline.toml"
    with faulty("500") as url:
        config.write_text(f'[sources.bad]\ntype = "github"\nrepository = "a/b"\napi_url = "{url}"\n{LIMITS}{way}\n')
        user = tmp_path / "user"
        user.mkdir()
        options = (*WINDOW, *NOTE, "--config", config, "--capture", "bundle.zip")
        done = pm_timeline(*options, folder=user)
    assert done.code == 0, done
    assert leaks(user, done.out, done.err) == []
    assert pm_timeline("--replay", "bundle.zip", folder=user).out == done.out
