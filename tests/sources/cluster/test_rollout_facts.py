"""Facts about rollouts and scaling are worded, and given their merge keys, in one place."""

import ast
from collections.abc import Iterator

import pytest

from collector.event import Kind, Subject
from sources.cluster.facts.rollouts import (
    RolloutName,
    rollout_aborted,
    rollout_completed,
    rollout_paused,
    rollout_resumed,
    rollout_started,
    rollout_stuck,
)
from sources.cluster.facts.scaling import scaled
from sources.cluster.template_changes import ChangeType, TemplateChange
from tests.source_files import ROOT, modules, nodes

PAY = Subject(service="pay", cluster="prod", namespace="shop", workload="Deployment/pay")
KINDS = {kind.name for kind in Kind if kind.name.startswith(("ROLLOUT_", "ROLLBACK_")) or kind == Kind.SCALED}


def constructed() -> Iterator[tuple[str, str]]:
    """The kind, and the file, of every Event or fact that a module of the sources makes of a kind by name."""
    for file in modules("sources"):
        for call in nodes(file):
            if (
                isinstance(call, ast.Call)
                and isinstance(call.func, ast.Name)
                and call.func.id in ("Event", "Fact", "replace")
            ):
                given = [
                    *call.args[: call.func.id == "Fact"],
                    *(word.value for word in call.keywords if word.arg == "kind"),
                ]
                for value in (each for one in given for each in ast.walk(one)):
                    if (
                        isinstance(value, ast.Attribute)
                        and isinstance(value.value, ast.Name)
                        and value.value.id == "Kind"
                    ):
                        yield value.attr, str(file.relative_to(ROOT))


@pytest.mark.thorough
def test_no_adapter_makes_the_events_of_rollouts_itself() -> None:
    assert [(kind, file) for kind, file in constructed() if kind in KINDS and "cluster/facts/" not in file] == []
    assert ("SCALED", "sources/cluster/facts/scaling.py") in set(constructed())


def test_the_words_and_keys_of_a_rollout() -> None:
    limit = TemplateChange(ChangeType.TEMPLATE, "memory limit of pay 512Mi to 128Mi")
    name = RolloutName(subject=PAY, template="ReplicaSet/pay-2", version="7.3", replaces="7.2", change=limit)
    words = "Rollout of pay 7.3, replacing 7.2 (memory limit of pay 512Mi to 128Mi)"
    facts = [
        (
            rollout_started(name, by="dana", shown_by="Scaled up"),
            f"{words} started by dana: Scaled up",
            "ReplicaSet/pay-2/started",
        ),
        (rollout_completed(name), f"{words} completed", "ReplicaSet/pay-2/completed"),
        (rollout_stuck(name), f"{words} makes no progress", "ReplicaSet/pay-2/makes no progress"),
        (rollout_paused(PAY, name), f"{words} paused", "Deployment/pay/paused"),
        (rollout_resumed(PAY, done="promoted", by="sam"), "Deployment pay promoted by sam", "Deployment/pay/resumed"),
        (rollout_aborted(PAY), "Deployment pay aborted", "Deployment/pay/aborted"),
        (scaled(PAY, 0, 3, by="dana"), "Deployment pay scaled from 3 to 0 by dana", "Deployment/pay/scaled to 0"),
    ]
    for fact, expected, key in facts:
        assert (fact.words, fact.merge_key) == (expected, f"prod/shop/{key}")
    assert scaled(PAY, None).merge_key == ""
    assert rollout_started(RolloutName(subject=PAY, template="")).merge_key == ""


def test_a_rollback_is_never_called_a_restart() -> None:
    stamp = TemplateChange(ChangeType.RESTART, "")
    same = RolloutName(subject=PAY, template="", version="7.2", replaces="7.2", change=stamp)
    back = RolloutName(subject=PAY, template="", version="7.2", replaces="7.2", change=stamp, rollback=True)
    assert (same.words, same.reason) == ("Restart of pay 7.2", "Restart")
    assert (back.words, back.reason) == ("Rollback of pay to 7.2", "")
    assert rollout_started(back).kind == Kind.ROLLBACK_STARTED
    unknown = RolloutName(subject=PAY, template="", version="7.2", replaces="7.2", same_images=True)
    assert unknown.words == "Rollout of pay 7.2 (same images)"
