"""What a new user meets in the first minutes: what is asked, what is missing, and who is down."""

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.cli.command import pm_timeline
from tests.servers.web import serving

TOKEN = "canary-0123456789"
DEAD = "".join(
    f'[sources.{name}]\ntype = "{type_}"\nurl = "http://127.0.0.1:9"\n{more}deadline = 5.0\ntimeout = 1.0\n'
    for name, type_, more in (("alerts", "alertmanager", ""), ("builds", "gitlab", 'project = "a/b"\n'))
)


def _nothing(path: str, params: Mapping[str, str], headers: Mapping[str, str]) -> tuple[int, Any]:
    """An Alertmanager without alerts and silences."""
    return 200, []


def test_verbose_has_every_question_how_long_it_took_and_no_secret(tmp_path: Path) -> None:
    with serving(_nothing) as url:
        table = f'[sources.alerts]\ntype = "alertmanager"\nurl = "{url}"\ntoken_env = "SECRET"\n'
        (tmp_path / "pm-timeline.toml").write_text(table)
        done = pm_timeline("--since", "1h", "-v", folder=tmp_path, env={"SECRET": TOKEN})
    asked = [line for line in done.err.splitlines() if "  alerts: " in line]
    assert asked[0].lstrip().startswith(tuple("0123456789"))
    assert f" s  alerts: GET {url}/api/v2/alerts" in asked[0]
    assert re.search(r"^alerts: 2 answers within \d+\.\d\d s$", done.err, re.MULTILINE)
    assert TOKEN not in done.err + done.out


@pytest.mark.parametrize("options", [(), ("-o", "t.json", "-q")])
def test_each_system_that_is_down_is_one_line_wherever_the_table_goes(options: tuple[str, ...], tmp_path: Path) -> None:
    (tmp_path / "pm-timeline.toml").write_text(DEAD)
    done = pm_timeline("--since", "1h", "--note", "00:00 x", *options, folder=tmp_path)
    assert done.code == 0
    down = [line for line in done.err.splitlines() if line.startswith("pm-timeline: ")]
    assert [line.split(":")[1] for line in down] == [" alerts gave nothing", " builds gave nothing"]
    assert all(line.endswith("connection refused") for line in down)


def test_the_window_ends_now_if_nothing_else_is_wanted(tmp_path: Path) -> None:
    done = pm_timeline("--since", "90m", "--note", "00:00 x", "--format", "json", folder=tmp_path)
    window = json.loads(done.out)["window"]
    start, end = (datetime.fromisoformat(window[key]) for key in ("from", "to"))
    assert end - start == timedelta(minutes=90)
    assert abs(datetime.now(UTC) - end) < timedelta(minutes=2)


def test_check_names_the_account_the_missing_rights_and_what_to_do(tmp_path: Path) -> None:
    def answer(path: str, params: Mapping[str, str], headers: Mapping[str, str]) -> tuple[int, Any]:
        if path in ("/apis/argoproj.io/v1alpha1", "/apis/gateway.networking.k8s.io/v1"):
            return 404, {}
        refused = path.endswith(("/nodes", "/configmaps"))
        return (403, {"message": "no"}) if refused else (200, {"metadata": {}, "items": []})

    with serving(answer) as url:
        kubeconfig = {
            "current-context": "prod",
            "clusters": [{"name": "c", "cluster": {"server": url}}],
            "users": [{"name": "on-call", "user": {"token": TOKEN}}],
            "contexts": [{"name": "prod", "context": {"cluster": "c", "user": "on-call"}}],
        }
        (tmp_path / "kubeconfig").write_text(json.dumps(kubeconfig))
        env = {"KUBECONFIG": "kubeconfig"}
        found = pm_timeline("check", folder=tmp_path, env=env)
        (one,) = json.loads(pm_timeline("check", "--format", "json", folder=tmp_path, env=env).out)["sources"]
    assert found.code == 0
    first, missing = found.out.splitlines()[:2]
    assert first.startswith(f"kubernetes  partial  kubernetes: context prod, {url}, as on-call")
    assert missing.strip().startswith("- may not list nodes, configmaps (all namespaces) (give it a role with the verb")
    assert one["state"] == "partial"
    assert one["gaps"][0]["reason"] == "may not list nodes, configmaps (all namespaces)"
    assert TOKEN not in found.out + found.err


def test_check_says_of_what_answers_how_far_it_saw(tmp_path: Path) -> None:
    with serving(_nothing) as url:
        (tmp_path / "pm-timeline.toml").write_text(f'[sources.alerts]\ntype = "alertmanager"\nurl = "{url}"\n')
        found = pm_timeline("check", folder=tmp_path)
    assert found.out.startswith(f"alerts  ok       alertmanager: {url}, no token; sees all of the last hour\n")
