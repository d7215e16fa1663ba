import json
import re
import subprocess
import sys

import pytest

from collector.secrets import Scrubber
from sources import registry
from sources.problems import SettingsError
from sources.registry import TYPES, build, check
from tests.servers.process import ROOT
from tests.sources.examples import dead_settings

PROMETHEUS = {"url": "https://prom.example.com"}


def test_readme_has_a_line_for_every_type_that_has_a_table() -> None:
    table = (ROOT / "README.md").read_text().partition("| Type | Keys")[2].partition("\n\n")[0]
    assert sorted(re.findall(r"^\| `([\w-]+)` \|", table, re.MULTILINE)) == sorted(set(TYPES) - {"notes"})


@pytest.mark.parametrize("type_", TYPES)
def test_every_type_is_built_from_its_settings(type_: str) -> None:
    source = build("mine", type_, dead_settings(type_), Scrubber())
    assert (source.name, source.type) == ("mine", type_)


@pytest.mark.parametrize("type_", TYPES)
def test_an_unknown_key_is_refused_with_the_allowed_ones(type_: str) -> None:
    with pytest.raises(SettingsError) as refused:
        check(type_, {**dead_settings(type_), "surprise": 1})
    (problem,) = refused.value.problems
    assert str(problem).startswith("surprise: unknown key; allowed: ")
    assert {"timeout", "deadline"} <= set(problem.allowed)


@pytest.mark.parametrize(
    ("type_", "settings", "said"),
    [
        (None, {}, f"type: missing; allowed: {', '.join(TYPES)}"),
        ("pager", {}, f"type: no such type of source; allowed: {', '.join(TYPES)}"),
        (["github"], {}, "type: no such type of source"),
        ("prometheus", {}, "url: missing"),
        ("prometheus", {"url": 5}, "url: input should be a valid string"),
        ("prometheus", {**PROMETHEUS, "timeout": "long"}, "timeout: input should be a valid number"),
        ("prometheus", {**PROMETHEUS, "timeout": 0}, "timeout: input should be greater than 0"),
        ("prometheus", {**PROMETHEUS, "ratios": [{"servic": "x"}]},
         "ratios.0.servic: unknown key; did you mean service?; allowed: error_query, name, "),
        ("prometheus", {**PROMETHEUS, "token_env": "A", "token_file": "b"},
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
        check("github", {**dead_settings("github"), key: "canary-secret"})
    assert "secrets are not kept here; use token_env, token_file or token_command" in str(refused.value)
    assert "canary" not in str(refused.value)


def test_no_adapter_is_imported_before_it_is_used() -> None:
    code = f"import json, sys, {registry.__name__}; print(json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    loaded = json.loads(done.stdout)
    package = registry.__name__.removesuffix("registry")
    used = [f"{package}{name}" for name in ("problems", "registry", "settings")]
    assert [name for name in loaded if name.startswith(package)] == used
    assert not {"kubernetes", "pandas", "requests", "prometheus_api_client"} & set(loaded)
