import json
import subprocess
import sys

import pytest

from collector.secrets import Scrubber
from sources.problems import SettingsError
from sources.registry import TYPES, build, check

ENOUGH: dict[str, dict[str, object]] = {
    "alertmanager": {"url": "https://alerts.example.com"},
    "elasticsearch-events": {"url": "https://logs.example.com"},
    "loki-events": {"url": "https://logs.example.com"},
    "github": {"repository": "acme/checkout"},
    "grafana": {"url": "https://grafana.example.com"},
    "kube-state-metrics": {"url": "https://prom.example.com"},
    "kubernetes": {},
    "kubernetes-audit": {"path": "audit.log"},
    "notes": {"lines": ["14:12 seen"]},
    "prometheus": {"url": "https://prom.example.com"},
    "recorder": {"store": "sqlite:////var/lib/pm-timeline/store.db"},
}


@pytest.mark.parametrize("type_", TYPES)
def test_every_type_is_built_from_its_settings(type_: str) -> None:
    source = build("mine", type_, ENOUGH[type_], Scrubber())
    assert (source.name, source.type) == ("mine", type_)


@pytest.mark.parametrize("type_", TYPES)
def test_an_unknown_key_is_refused_with_the_allowed_ones(type_: str) -> None:
    with pytest.raises(SettingsError) as refused:
        check(type_, {**ENOUGH[type_], "surprise": 1})
    (problem,) = refused.value.problems
    assert str(problem).startswith("surprise: unknown key; allowed: ")
    assert {"timeout", "deadline"} <= set(problem.allowed)


@pytest.mark.parametrize(
    ("type_", "settings", "said"),
    [
        (None, {}, f"type: missing; allowed: {', '.join(TYPES)}"),
        ("jenkins", {}, f"type: no such type of source; allowed: {', '.join(TYPES)}"),
        (["github"], {}, "type: no such type of source"),
        ("prometheus", {}, "url: missing"),
        ("prometheus", {"url": 5}, "url: input should be a valid string"),
        ("prometheus", {**ENOUGH["prometheus"], "timeout": "long"}, "timeout: input should be a valid number"),
        ("prometheus", {**ENOUGH["prometheus"], "timeout": 0}, "timeout: input should be greater than 0"),
        ("prometheus", {**ENOUGH["prometheus"], "ratios": [{"servic": "x"}]},
         "ratios.0.servic: unknown key; allowed: error_query, name, ratio_query, service, total_query"),
        ("prometheus", {**ENOUGH["prometheus"], "token_env": "A", "token_file": "b"},
         "token_env and token_file are both set; keep one"),
    ],
)  # fmt: skip
def test_refusals_name_key_and_remedy(type_: object, settings: dict[str, object], said: str) -> None:
    with pytest.raises(SettingsError) as refused:
        check(type_, settings)
    assert said in str(refused.value)


@pytest.mark.parametrize("key", ["token", "password", "api_key", "Authorization"])
def test_a_literal_secret_is_refused_without_repeating_it(key: str) -> None:
    with pytest.raises(SettingsError) as refused:
        check("github", {**ENOUGH["github"], key: "canary-secret"})
    assert "secrets are not kept here; use token_env, token_file or token_command" in str(refused.value)
    assert "canary" not in str(refused.value)


def test_no_adapter_is_imported_before_it_is_used() -> None:
    code = "import json, sys, sources.registry; print(json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    loaded = json.loads(done.stdout)
    used = {"sources.settings", "sources.problems", "sources.registry"}
    assert [name for name in loaded if name.startswith("sources.")] == sorted(used)
    assert not {"kubernetes", "pandas", "requests", "prometheus_api_client"} & set(loaded)
