"""`verify` on sentences that can be read in several ways: the true reading is never called wrong."""

from pathlib import Path
from typing import Any

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


def mailer() -> list[Event]:
    settings = {"service": "mailer", "namespace": "shop", "workload": "ConfigMap/mailer-settings"}
    silence: dict[str, Any] = {
        "alert": "MailerSlow",
        "actor": "maria",
        "numbers": {"whole": 1},
        "source": "alertmanager",
    }
    return [
        event(Kind.CONFIG_CHANGED, "14:05:00", "ConfigMap mailer-settings was changed by kubectl edit", **settings),
        event(Kind.CONFIG_CHANGED, "14:25:00", "ConfigMap mailer-settings was changed by argocd", **settings),
        event(Kind.SILENCE_STARTED, "14:02:00", 'Silence for MailerSlow by maria: "upgrade of mailer-db"', **silence),
        event(Kind.ALERT_FIRING, "14:07:00", "alert MailerSlow fires", service="mailer", alert="MailerSlow"),
        event(Kind.NOTE, "14:09:00", "vik: mails arrive late for everyone since lunch"),
        event(Kind.NOTE, "14:11:00", "sol: looks fine from here"),
        event(Kind.NOTE, "14:16:00", "Ana: MailerSlow was silenced for the upgrade of mailer-db"),
    ]


def evidence(incident: str | None) -> Timeline:
    if incident is None:
        return draft(Gathered(tuple(mailer()), ()), WINDOW, Scope())
    return timeline(INCIDENTS / incident / "bundle.zip") if incident else timeline()


def verdicts(text: str, incident: str | None, token: str) -> set[Verdict]:
    return {one.verdict for one in verify(f"# Notes\n\n{text}\n", evidence(incident)) if token in one.text}


WRONG = [
    # From one thing to another
    (DEMO, "It took {} from the alert to the rollback.", "12 minutes", "32 minutes"),
    (DEMO, "Between the deploy and the alert {} passed.", "four minutes", "fourteen minutes"),
    ("flag-turned-on", "From the flag to the alert it took {}.", "3 minutes", "13 minutes"),
    # An alert of its own
    ("autoscaler-at-its-limit", "KubeHpaMaxedOut resolved after {}.", "6 minutes", "16 minutes"),
    # Numbers and resources
    ("redis-upgrade", "The peak, {}, was at 13:09.", "33%", "43%"),
    ("pods-pile-up", "60 pods could not be scheduled as none of the 6 nodes had {} left.", "memory", "CPU"),
    ("scaling-storm", "36 pods couldn't be scheduled for lack of {}.", "CPU", "memory"),
    # What began before the window, or is named like something else
    ("pods-pile-up", "The alert LaunchesFail had been firing since {}.", "18:38", "20:38"),
    ("cluster-upgrade", "- {} update of the instance group stopped", "14:20", "14:02"),
    (None, "14:09 {}: mails arrive late for everyone since lunch", "vik", "sol"),
    (None, "| 14:16 | {} | MailerSlow was silenced for the upgrade of mailer-db |", "Ana", "Maria"),
    ("revert-to-old-image", "The revert was released, at 15:50 by {} (run 42).", "Dana", "Ines"),
]


@pytest.mark.parametrize(("incident", "text", "right", "wrong"), WRONG)
def test_what_is_wrong_is_contradicted(incident: str, text: str, right: str, wrong: str) -> None:
    assert Verdict.CONTRADICTED not in verdicts(text.format(right), incident, "")
    assert verdicts(text.format(wrong), incident, wrong) == {Verdict.CONTRADICTED}


@pytest.mark.parametrize(
    ("incident", "text"),
    [
        # What somebody else wrote of it is no proof against who did it.
        (None, "| 14:02 | maria silences MailerSlow for the upgrade of mailer-db |"),
        (DEMO, "At 14:10 Sam acknowledged CheckoutHighErrorRatio."),
        # That something restarts at a time proves nothing about what else was changed.
        (None, "ConfigMap mailer-settings was edited by hand at 14:05, and mailer was restarted at 14:06."),
        # An alert that fires at some time fired before.
        (DEMO, "At 14:15 CheckoutHighErrorRatio was already firing."),
        (DEMO, "At 14:15 CheckoutHighErrorRatio was firing."),
        ("pods-pile-up", "At 22:48 LaunchesFail was already firing."),
        # Something else than the usual may be meant.
        (DEMO, "It took 30 minutes from the merge of the release to the alert."),
        (DEMO, "It took 9 minutes from the second alert to the rollback."),
        ("pods-pile-up", "The nodes had enough CPU, but 60 pods could not be scheduled."),
        # A group of instances is no pod.
        ("cluster-upgrade", "The pod disruption budget of the portal was removed at 13:30."),
    ],
)
def test_what_may_be_true_is_not_called_wrong(incident: str | None, text: str) -> None:
    assert Verdict.CONTRADICTED not in verdicts(text, incident, "")
