import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from collector.errors import UsageError
from collector.source_config import SourceConfig
from sources.config import Config, load, select
from sources.discovery import find, from_environment
from sources.registry import TYPES

Write = Callable[[str | bytes], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write(content: str | bytes) -> Path:
        path = tmp_path / "pm-timeline.toml"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


def test_any_number_of_sources_of_each_type(write: Write) -> None:
    path = write(
        """\ufefftz = "Europe/Berlin"
        [sources.prod]
        type = "prometheus"
        url = "https://prom.example.com/"
        token_file = "secrets/prom"
        timeout = 5
        [[sources.prod.ratios]]
        service = "checkout"
        error_query = 'http_requests_total{code=~"5.."}'
        total_query = "http_requests_total"
        [sources.eu-1]
        type = "prometheus"
        url = "https://eu.example.com"
        ca_file = "/etc/ca.pem"
        [sources.cluster]
        type = "kubernetes"
        kubeconfig = "~/kube"
        """
    )
    config = load(path)
    assert (config.path, config.tz) == (path, "Europe/Berlin")
    prod, eu, cluster = config.sources
    assert (prod.name, prod.type) == ("prod", "prometheus")
    assert prod.settings["token_file"] == str(path.parent / "secrets/prom")
    assert prod.settings["timeout"] == 5
    assert eu.settings == {"url": "https://eu.example.com", "ca_file": "/etc/ca.pem"}
    assert cluster.settings == {"kubeconfig": os.path.expanduser("~/kube")}
    assert json.loads(json.dumps(prod.settings)) == prod.settings
    assert select(config, ["eu-1"]) == (eu,)
    assert select(config, []) == config.sources


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (
            "surces = 1",
            "surces: unknown key; did you mean sources?; allowed: clock_offsets, drop, pin, postmortem, services, ",
        ),
        ("tz = 5", "tz: input should be a valid string"),
        ('tz = "CST"', "tz 'CST': abbreviations are ambiguous"),
        ("sources = 5", "sources: input should be a table"),
        ("[sources]\nprod = 5", "sources.prod: input should be a table"),
        (
            "[sources.prod]",
            f"sources.prod.type: missing; allowed: {', '.join(TYPES)}",
        ),
        ('[sources.prod]\ntype = "pager"', "sources.prod.type: no such type of source; allowed: alertmanager,"),
        ('[sources.prod]\ntype = "prometheus"', "sources.prod.url: missing"),
        ('[sources.prod]\ntype = "prometheus"\nurll = "x"', "(and 1 more)"),
        ('[sources.prod]\ntype = "prometheus"\nurl = "prom:9090"', "sources.prod.url: must be a URL such as"),
        ('[sources.prod]\ntype = "kubernetes"\ntimeout = "1s"', "sources.prod.timeout: input should be a valid number"),
        ('[sources."../x"]\ntype = "kubernetes"', "sources.../x: a name has letters"),
        ('[sources.""]\ntype = "kubernetes"', "a name has letters"),
        ('[sources.notes]\ntype = "notes"', "sources.notes: this name is taken by the notes"),
        ('\n\n[sources.prod\ntype = "x"', "at line 3"),
        (b"\n# caf\xe9", "line 2 is not UTF-8 text"),
        ("x = " + "[" * 5000, "not valid TOML"),
        ("x = " + "9" * 5000, "not valid TOML"),
        ("#" * (2**20 + 1), "larger than 1 MiB"),
    ],
)
def test_refusals_name_file_key_and_remedy(write: Write, content: str | bytes, said: str) -> None:
    path = write(content)
    with pytest.raises(UsageError) as refused:
        load(path)
    assert said in str(refused.value)
    assert str(refused.value).startswith(str(path))
    assert str(refused.value).isprintable()


def test_a_literal_secret_is_refused_without_repeating_it(write: Write) -> None:
    path = write('[sources.ci]\ntype = "github"\nrepository = "acme/checkout"\ntoken = "canary-secret"')
    with pytest.raises(
        UsageError, match=r"sources\.ci\.token: .* use token_env, token_file or token_command"
    ) as refused:
        load(path)
    assert "canary" not in str(refused.value)


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    for path, said in [(tmp_path / "none.toml", "No such file"), (tmp_path, "Is a directory"), (Path("a\0b"), "not a")]:
        with pytest.raises(UsageError, match=said):
            load(path)


@given(st.one_of(st.binary(max_size=60), st.text("[]=\"'.\n#{}, sourcetyp1-", max_size=60).map(str.encode)))
def test_any_content_is_a_config_or_one_line(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "any.toml"
    path.write_bytes(content)
    try:
        load(path)
    except UsageError as refused:
        assert str(refused).isprintable()  # noqa: PT017 - some content is a configuration


def test_the_nearest_file_is_found(tmp_path: Path) -> None:
    inner, user = tmp_path / "a" / "b", tmp_path / "user"
    inner.mkdir(parents=True)
    user.mkdir()
    assert find(inner, user) is None
    for folder in (user, tmp_path, inner):
        (folder / "pm-timeline.toml").touch()
        assert find(inner, user) == folder / "pm-timeline.toml"


def test_somebody_elses_file_is_not_picked_up_by_chance(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "pm-timeline.toml"
    path.touch()
    if os.getuid() == 0:
        os.chown(path, 65534, 65534)
    else:
        monkeypatch.setattr(os, "getuid", lambda: path.stat().st_uid + 1)
    with pytest.raises(UsageError, match="belongs to another user; if you trust it, name it with --config"):
        find(tmp_path, tmp_path)
    assert load(path).sources == ()


@pytest.fixture
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """An environment without any configuration."""
    (tmp_path / "home").mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "home"))
    return {"HOME": str(tmp_path / "home")}


def test_the_environment_alone_is_enough(nowhere: dict[str, str]) -> None:
    github = {"GITHUB_REPOSITORY": "acme/checkout", "GITHUB_TOKEN": "canary", "GITHUB_API_URL": "https://ghe/api/v3"}
    prometheus = {"PROMETHEUS_URL": "http://prom:9090", "PROMETHEUS_TOKEN": "canary"}
    config = load(environ=nowhere | github | prometheus | {"KUBECONFIG": "/a:/b"})
    assert replace(config, remarks=()) == Config(
        None,
        None,
        (
            SourceConfig("prometheus", "prometheus", {"url": "http://prom:9090", "token_env": "PROMETHEUS_TOKEN"}),
            SourceConfig("kubernetes", "kubernetes", {}),
            SourceConfig(
                "github",
                "github",
                {"repository": "acme/checkout", "token_env": "GITHUB_TOKEN", "api_url": "https://ghe/api/v3"},
            ),
        ),
    )
    assert "canary" not in repr(config)


def test_the_variable_of_gh_goes_before_that_of_actions(tmp_path: Path) -> None:
    given = {"GITHUB_REPOSITORY": "acme/checkout", "GITHUB_TOKEN": "one", "GH_TOKEN": "other"}
    ((_, settings),) = from_environment(given, tmp_path)
    assert settings["token_env"] == "GH_TOKEN"


def test_kubernetes_is_found_by_its_file_or_its_account(tmp_path: Path) -> None:
    pod, account = {"KUBERNETES_SERVICE_HOST": "10.0.0.1"}, tmp_path / "token"
    assert not list(from_environment(pod, tmp_path, account))
    account.touch()
    assert list(from_environment(pod, tmp_path, account)) == [("kubernetes", {})]
    assert not list(from_environment({}, tmp_path, account))
    (tmp_path / ".kube").mkdir()
    (tmp_path / ".kube" / "config").touch()
    assert list(from_environment({}, tmp_path, account)) == [("kubernetes", {})]


def test_a_wrong_environment_is_named(nowhere: dict[str, str]) -> None:
    with pytest.raises(UsageError, match=r"^environment: sources\.prometheus\.url: must be a URL"):
        load(environ=nowhere | {"PROMETHEUS_URL": "prom"})


def test_no_source_at_all_says_what_to_set(nowhere: dict[str, str], write: Write) -> None:
    with pytest.raises(UsageError, match="PROMETHEUS_URL, KUBECONFIG, or GITHUB_REPOSITORY with GITHUB_TOKEN"):
        select(load(environ=nowhere), [])
    path = write('tz = "UTC"')
    with pytest.raises(UsageError, match=rf"^{path}: no source is configured"):
        select(load(path), [])


def test_an_unknown_source_name_lists_the_known_ones() -> None:
    config = Config(None, None, (SourceConfig("a", "kubernetes", {}), SourceConfig("b", "kubernetes", {})))
    with pytest.raises(UsageError, match="sources c: no such source; there are: a, b"):
        select(config, ["a", "c"])
