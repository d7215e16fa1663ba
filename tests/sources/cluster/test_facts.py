"""Each fact is made in one place, whichever evidence shows it."""

import ast
from datetime import UTC, datetime, timedelta
from functools import cache

import pytest

from collector.event import Kind
from sources.cluster.facts import configs, jobs, nodes, workloads
from sources.fact import Moment, report
from tests import source_files

SOURCES = source_files.ROOT / "sources"
AT = datetime(2026, 4, 1, 14, 0, tzinfo=UTC)


@cache
def made() -> dict[str, list[str]]:
    """The functions in `sources` that pass a kind to a call, with their files, by the name of the kind."""
    found: dict[str, list[str]] = {}
    for file in source_files.modules("sources"):
        for function in source_files.nodes(file):
            if isinstance(function, ast.FunctionDef):
                calls = [node for node in ast.walk(function) if isinstance(node, ast.Call)]
                passed = [value for call in calls for value in (*call.args, *(each.value for each in call.keywords))]
                for name in {ast.unparse(value) for value in passed if isinstance(value, ast.Attribute)}:
                    found.setdefault(name, []).append(f"{file.relative_to(SOURCES)}:{function.name}")
    return found


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("kind", "maker"),
    [
        (Kind.NODE_READY, "nodes.py:node_ready"),
        (Kind.NODE_NOT_READY, "nodes.py:node_not_ready"),
        (Kind.NODE_CHANGED, "nodes.py:node_changed"),
        (Kind.NODE_DRAINED, "nodes.py:node_drained"),
        (Kind.JOB_FAILED, "jobs.py:job_failed"),
        (Kind.CONFIG_CHANGED, "configs.py:config_changed"),
        (Kind.WORKLOAD_DELETED, "workloads.py:workload_deleted"),
    ],
)
def test_an_event_of_a_kind_is_made_by_one_function(kind: Kind, maker: str) -> None:
    assert made()[f"Kind.{kind.name}"] == [f"cluster/facts/{maker}"]


def test_the_words_of_the_facts() -> None:
    subject = jobs.job_subject("prod", "shop", "report-28", "report")
    deleted = workloads.workload_deleted(subject, "HorizontalPodAutoscaler", "web", by="dana")
    several = workloads.workload_deleted(subject, "Ingress", "")
    facts = [
        nodes.node_not_ready("prod", "n1", silent=True),
        nodes.node_changed("prod", "n1", nodes.CORDONED, by="dana"),
        nodes.node_changed("prod", "n1", nodes.pressure("KernelDeadlock", present=False)),
        jobs.job_failed(subject, ""),
        configs.config_changed("prod", "shop", "Secret", "", "deleted", service="", by="dana"),
        configs.config_kept("prod", "shop", "ConfigMap", "kube-root-ca.crt", "created", "which is kept", times=2),
        deleted,
        several,
    ]
    assert [(fact.words, fact.merge_key) for fact in facts] == [
        ("Node n1 is not ready: its kubelet is not heard of any more", "prod/Node/n1/not ready"),
        ("Node n1 is cordoned by dana", "prod/Node/n1/cordoned"),
        ("Node n1 no longer reports KernelDeadlock", "prod/Node/n1/no KernelDeadlock"),
        ("Job report-28 failed (no reason given)", "prod/shop/Job/report-28/failed"),
        ("Secrets in shop were deleted by dana", ""),
        ("ConfigMap kube-root-ca.crt, which is kept, was created 2 times", ""),
        ("HorizontalPodAutoscaler web was deleted by dana", "prod/shop/HorizontalPodAutoscaler/web/deleted"),
        ("Ingresses in shop were deleted", ""),
    ]


@pytest.mark.parametrize(("seconds", "at"), [(-60, 0), (3, 3), (60, 10)])
def test_the_best_instant_is_within_the_interval(seconds: int, at: int) -> None:
    when = Moment(AT, AT + timedelta(seconds=10))
    fact = nodes.node_ready("prod", "n1")
    event = report(fact, when, source="audit", native_id="1", at=AT + timedelta(seconds=seconds))
    assert event.at == AT + timedelta(seconds=at)
