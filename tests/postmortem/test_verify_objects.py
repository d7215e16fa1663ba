"""`verify` on people, nodes, alerts, Jobs, ConfigMaps and outcomes: true and false statements of each."""

from pathlib import Path

import pytest

from collector.event import Event, Kind
from collector.gather import Gathered
from collector.postmortem.verify.check import verify
from collector.postmortem.verify.finding import Verdict
from collector.result import Timeline
from collector.timeline import Scope, draft
from tests.collector.build import WINDOW, event
from tests.postmortem.evidence import timeline

INCIDENTS = Path("fixtures/incidents")
DEMO = ""


def objects() -> list[Event]:
    nightly = {"service": "nightly", "namespace": "shop", "workload": "Job/nightly-29012345"}
    settings = {"service": "cart", "namespace": "shop", "workload": "ConfigMap/cart-settings"}
    return [
        event(Kind.JOB_FAILED, "14:03:00", "Job nightly-29012345 failed (BackoffLimitExceeded)", **nightly),
        event(Kind.CONFIG_CHANGED, "14:05:00", "ConfigMap cart-settings was changed by ida", **settings),
        event(Kind.NODE_READY, "14:01:00", "Node node-a is ready", workload="Node/node-a"),
        event(Kind.NODE_DRAINED, "14:08:00", "Node node-d is drained: 2 pods evicted", workload="Node/node-d"),
    ]


def evidence(incident: str | None) -> Timeline:
    if incident is None:
        return draft(Gathered(tuple(objects()), ()), WINDOW, Scope())
    return timeline(INCIDENTS / incident / "bundle.zip") if incident else timeline()


def found(text: str, incident: str | None, verdict: Verdict) -> list[str]:
    return [one.text for one in verify(f"# Notes\n\n{text}\n", evidence(incident)) if one.verdict == verdict]


@pytest.mark.parametrize(
    ("incident", "text", "right", "wrong"),
    [
        # Objects
        (None, "The job nightly {} at 14:03.", "failed", "succeeded"),
        (None, "The {} cart-settings was changed.", "ConfigMap", "Secret"),
        (None, "At 14:08 {} was drained.", "node-d", "node-a"),
        ("mounts-fail-on-old-nodes", 'Pods waited for the {} "docker-push-secret".', "secret", "configmap"),
        # Outcomes
        (DEMO, "14:22 the rollback {}", "is complete", "failed"),
        (DEMO, "At 14:18 Sam started the rollback, which {}.", "went well", "failed"),
        ("gitlab-rollback-button", "16:24 Das Zurückrollen ist {}.", "abgeschlossen", "fehlgeschlagen"),
        ("looked-at-next-morning", "03:16 CI reports the deploy as {}.", "failed", "complete"),
        ("redis-upgrade", "Anka rolled {} back at 13:21.", "redis", "sessions"),
        ("helm-atomic", "The readiness probe of cart answered {}.", "500", "503"),
        # People
        ("calm-and-busy", "mailer 9.4.0 at 10:11, wishlist 2.3.0 at {}", "10:07", "10:27"),
        ("revert-to-new-tag", "2026.5.3 (15:30, by {})", "li-wei", "dana-reyes"),
        ("gitlab-rollback-button", "16:23 {} rollt auf 3.1.4 zurück", "Maria", "Ines"),
        ("build-cache-wiped", "19:57 {} finds that the extra node pool has no local SSD", "Tim", "Erik"),
        # The words of a note, with its author
        ("mounts-fail-on-old-nodes", "{} Yuvi: mount errors on the build pods", "00:11", "00:31"),
        # Counts and shares
        ("looked-at-next-morning", "settlement crashed 20 times in {}.", "2 pods", "3 pods"),
        ("config-from-s3", "At 14:19 all {} ran 2.8.3.", "6 pods", "8 pods"),
        ("pods-pile-up", "{} konnten nicht eingeplant werden.", "60 Pods", "90 Pods"),
        ("jenkins-cannot-roll-back", "08:48 {} of its requests fail", "a quarter", "three quarters"),
        ("config-then-restart", "Peak {} at 11:16 BST.", "35.4%", "53.4%"),
        ("cluster-full", "19:19 LaunchesFail resolved, after {}.", "3 h 28 min", "2 h 28 min"),
        (
            "surge-before-slow",
            "It scaled from 4 to 8 replicas at 20:06 and to {} at 20:08.",
            "12 replicas",
            "16 replicas",
        ),
        ("config-then-restart", "11:04 {} errors instead of 12%", "33%", "53%"),
        ("clock-change-night", "00:55 UTC QuotesErrors, {}", "26%", "62%"),
        ("clock-change-night", "| 01:11 UTC | rollback to 15.0.2 starts, by {} |", "maria-ortiz", "sam-okafor"),
        ("image-not-found", "16:34 {} explains: the image is tagged with the merge commit", "Ana", "Dana"),
        (DEMO, "The rollback is complete; that was at {}.", "14:22", "14:52"),
        # A heading that begins with a time is an entry of a timeline.
        (DEMO, "## {} UTC: the alert fires\n\nIt was loud.", "14:06", "14:36"),
        # Zeros for seconds that nobody knows
        ("argocd-revert-in-config", "Started: 2026-04-01T{}:00Z", "14:03", "14:13"),
    ],
)
def test_what_is_wrong_is_found_and_what_is_right_is_not_called_wrong(
    incident: str | None, text: str, right: str, wrong: str
) -> None:
    assert found(text.format(right), incident, Verdict.CONTRADICTED) == []
    (one,) = found(text.format(wrong), incident, Verdict.CONTRADICTED)
    assert one in text.format(wrong)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("14:12 Olaf: it is the new deploy", "Olaf"),
        ("The alert paged Marek at 14:06.", "Marek"),
        ("Katja, who was on call, looked at the graphs.", "Katja"),
        ("| 14:12 | Ines paged |", "Ines"),
        ("checkout 1.5.0 was deployed by li-wei.", "li-wei"),
        ("li-wei deployed checkout 1.5.0.", "li-wei"),
        ("Tim schreibt um 14:12, dass es der Deploy ist.", "Tim"),
        ("14:06 CheckoutLatencyHigh", "CheckoutLatencyHigh"),
        ("Um 14:06 feuerte CheckoutLatencyHigh.", "CheckoutLatencyHigh"),
    ],
)
def test_names_that_the_evidence_lacks_are_reported_but_not_called_wrong(text: str, name: str) -> None:
    assert name in found(text, DEMO, Verdict.NOT_FOUND)
    assert found(text, DEMO, Verdict.CONTRADICTED) == []


@pytest.mark.parametrize(
    ("incident", "text"),
    [
        ("node-failure", "Customers were affected from 15:06 to 15:07 CET; the alert lasted 24 minutes."),
        ("scaling-storm", "- 12:14 UTC the autoscaler of notebooks starts scaling, from 24 pods up to 120"),
        ("scaling-storm", "- 12:37 36 pods wait for a node"),
        ("nodes-terminated", "Between 13:14 and 13:16 BST nine of our 34 nodes disappeared."),
        ("nodes-terminated", "Most pods came up elsewhere; intake was back to normal at 13:17 BST."),
        ("mounts-fail-on-old-nodes", "23:47 LaunchesFail begins to burn; it fires at 23:50."),
        ("deploy-train", "The release bot shipped five services at 2.31.0 between 13:02 and 13:11 UTC."),
        ("old-image-gone", "main-d15ea5e went out at 10:40."),
        (
            "staging-then-production",
            "It had been tried on staging before: 441f5ea failed there at 16:02, was rolled back at 16:17.",
        ),
        (DEMO, "Dana, who deployed 1.5.0, was in a meeting until 14:15."),
        (
            "node-failure",
            "NodeDown fired at 14:09, three minutes after the errors had begun, and was resolved at 14:33, "
            "when the instance was removed.",
        ),
        ("zone-outage", "KubeNodeNotReady fired at 04:11 and was still firing at 05:00."),
        ("two-deploys-one-guilty", "It answers half of the calls with 502."),
        ("two-deploys-one-guilty", "storefront recovered after the rollback at 10:21."),
        ("retry-storm", "The alert needed another four minutes to clear (19:33)."),
        # An attempt of which nothing is recorded
        (DEMO, "At 14:15 Sam tried to roll back from his laptop, which failed because his token had expired."),
        (DEMO, "The first rollback failed, the second was complete at 14:22."),
        (None, "The job nightly had succeeded every night before."),
        (None, "The Secret cart-token was not changed."),
        (None, "The Secret cart-settings holds the password."),
        (None, "The Secret cart-settings was changed on Monday."),
        (None, "The job nightly succeeded at 13:10."),
        (None, "node-a was drained last week."),
        ("quota-full", "The deployment was stuck for eleven minutes before CI reported the failure at 18:28."),
        (DEMO, "Deploy of checkout 1.5.0 starts (replaces 1.4.9; by dana-reyes)"),
        (DEMO, "The services recovered. checkout 1.5.0 was rolled back by sam-okafor."),
    ],
)
def test_what_is_true_or_decides_nothing_is_not_called_wrong(incident: str | None, text: str) -> None:
    assert found(text, incident, Verdict.CONTRADICTED) == []


@pytest.mark.parametrize(
    "text",
    [
        "14:10 Message posted in #ops",
        "Investigation launched at 14:10",
        "14:06 Update: we look",
        "Kubernetes, which restarts pods",
    ],
)
def test_a_word_that_names_nobody_is_not_reported_as_a_person(text: str) -> None:
    assert [one for one in verify(text, timeline()) if one.type == "person"] == []


def test_a_count_of_other_things_confirms_nothing() -> None:
    assert found("The twelve nodes were full.", "cluster-full", Verdict.CONFIRMED) == []
