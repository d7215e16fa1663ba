"""`verify` on kinds of statements: each once with what is true, and once with what is not."""

from datetime import timedelta

import pytest

from collector.postmortem.verify.check import verify
from collector.postmortem.verify.counted import Counted, counted, states
from collector.postmortem.verify.finding import Verdict
from collector.postmortem.verify.judge_names import prints
from collector.postmortem.verify.relative_times import absolute
from collector.postmortem.verify.spelled_durations import spelled_durations
from tests.postmortem.evidence import timeline

KINDS = [
    # Durations
    ("Checkout failed for {} in all.", "20 minutes", "45 minutes"),
    ("A bad release took out the checkout for {}.", "nineteen minutes", "thirty-nine minutes"),
    ("The alert was firing for {}.", "18 min", "28 min"),
    ("The alert fired {} after the deploy.", "four minutes", "nineteen minutes"),
    ("We rolled back {} after the alert.", "12 minutes", "25 minutes"),
    ("We rolled back within {} of the alert.", "15 minutes", "5 minutes"),
    ("The deploy began at 14:02 and the alert fired at 14:06, {} later.", "4 minutes", "14 minutes"),
    ("The alert was resolved at 14:23, {} after it had fired.", "18 minutes", "28 minutes"),
    ("The rollback took {}.", "4 minutes", "14 minutes"),
    ("It took {} until we knew of it.", "three minutes", "thirteen minutes"),
    ("Customers could not pay for {}.", "20 min", "50 min"),
    # Times
    ("Payments failed from 14:03 to {}.", "14:22", "14:12"),
    ("From 14:03 to {} nobody could pay.", "14:22", "14:15"),
    ("The error ratio was 43.7% at its peak, at {}.", "14:20", "14:10"),
    (
        "- 14:02 deploy of checkout 1.5.0\n- 14:18 first attempt to roll back\n- {} that attempt is complete",
        "14:22",
        "14:42",
    ),
    ("The rollback began at 14:18. It was complete at {}.", "14:22", "14:42"),
    ("14:02 Deploy of checkout 1.5.0 starts via CI/CD (replaces {}; by dana-reyes)", "1.4.9", "1.4.90"),
    ("The 5xx ratio falls from 40% to 0% at {}.", "14:22", "14:42"),
    ("T0 = 14:02 UTC\n\n- T+0: deploy\n- {}: alert fires\n- T+16m: rollback starts", "T+4m", "T+24m"),
    ("Wed 14:02 deploy of checkout 1.5.0\nWed {} CheckoutHighErrorRatio fires\nWed 14:18 rollback", "14:06", "14:36"),
    ("checkout 1.5.0 at {} (was 1.4.9)", "14:02", "14:32"),
    ("- Detection: {}, CheckoutHighErrorRatio", "14:06", "14:23"),
    ('At 14:11 somebody wrote "the deploy fails again". The rollback began at {}.', "14:18", "14:48"),
    ("| Time | Who | What |\n|---|---|---|\n| {} | Maria | says that checkout 1.5.0 is the cause |", "14:12", "14:42"),
    ("- 14:18 rollback started again, this time it works ({})", "14:22", "14:42"),
    ("Two deploys were started (14:02 and {}).", "14:18", "14:42"),
    # Counts
    ("All {} of checkout were ready at 14:22.", "6 pods", "9 pods"),
    ("At 14:05 the old pods were terminated and {} were ready.", "6 of 6 pods", "4 of 4 pods"),
    ("Failed requests: {}.", "12,388", "21,388"),
    ("In all {} failed.", "12,388 requests", "21,388 requests"),
    ("We lost {} requests.", "12,388 of 34,098", "12,388 of 43,098"),
    ("We lost {}.", "12,388 requests out of 34,098", "12,388 requests out of 43,098"),
    ("At 14:22 {} new pods were ready.", "6 of 6", "5 of 5"),
    ("Insgesamt schlugen {} fehl.", "12.388 von 34.098 Anfragen", "12.388 von 43.098 Anfragen"),
    # Versions and runs
    ("At 14:22 checkout was back on {}.", "1.4.9", "1.4.8"),
    ("checkout is on {} again since 14:22.", "1.4.9", "1.4.8"),
    ("- Bad version: {} (before: 1.4.9)", "1.5.0", "1.5.1"),
    ("CI took it and started to deploy it as {}; that was at 14:02.", "1.5.0", "1.5.1"),
    ("- 14:18 second try, {}", "run 483", "run 484"),
    ("Who rolled back? Sam, at 14:18, with {}.", "run 483", "run 489"),
    ("- 14:18 rollback by {}", "GitHub #483", "GitHub #489"),
    ("- 14:02 deploy of checkout 1.5.0\n\nThe error rate was never above {}.", "43.7%", "33.7%"),
    ("At 14:06 the alert fired. {} later we started the rollback.", "Twelve minutes", "Two minutes"),
    ("- 14:18 the rollback starts\n- 14:22 rollback complete, {} later", "4 minutes", "14 minutes"),
    ("The alert was over after {}.", "18 minutes", "38 minutes"),
    # Order and people
    ("The rollback began {} the alert.", "after", "before"),
    ("{} the alert fired, we rolled back.", "After", "Before"),
    ("{} rolled checkout back to 1.4.9.", "Sam", "Dana"),
    ("checkout was rolled back by {}.", "sam-okafor", "dana-reyes"),
    ("| Time | Who | What |\n|---|---|---|\n| 14:02 | {} | deploys checkout 1.5.0 |", "Dana", "Sam"),
    # German
    ("Um {} Uhr wurde checkout 1.5.0 ausgerollt.", "14:02", "14:32"),
    ("Der Alarm wurde um {} Uhr ausgelöst.", "14:06", "14:16"),
    ("Die Fehlerrate stieg auf {}.", "40,0 %", "60,0 %"),
    ("Um 14:18 Uhr wurde checkout auf {} zurückgesetzt.", "1.4.9", "1.4.8"),
    ("Um {} Uhr war der Rollback abgeschlossen.", "14:22", "14:42"),
    ("Um {} Uhr erkannte Maria Ortiz checkout 1.5.0 als Ursache.", "14:12", "14:32"),
    ("Checkout failed between 14:03 and 14:22 UTC ({}).", "19 minutes", "39 minutes"),
    ("- 14:06 CheckoutHighErrorRatio fires (0.1% to {})", "40%", "60%"),
    ("Um 14:06 Uhr kam der Alarm, {} nach Beginn.", "3 Minuten", "13 Minuten"),
    ("Der Alarm war nach {} behoben.", "18 Minuten", "38 Minuten"),
    ("Der Ausfall dauerte insgesamt {}.", "19 Minuten", "49 Minuten"),
    ("{} der Anfragen an checkout scheiterten.", "40 %", "70 %"),
    ("From 14:03 to {} checkout was overloaded.", "14:22", "14:15"),
]


def contradicted(text: str) -> list[str]:
    return [one.text for one in verify(f"# Notes\n\n{text}\n", timeline()) if one.verdict == Verdict.CONTRADICTED]


@pytest.mark.parametrize(("text", "right", "wrong"), KINDS)
def test_what_is_wrong_is_found_and_what_is_right_is_not_called_wrong(text: str, right: str, wrong: str) -> None:
    assert contradicted(text.format(right)) == []
    (found,) = contradicted(text.format(wrong))
    assert found in wrong or wrong in found


@pytest.mark.parametrize(
    "text",
    [
        "One in five requests failed.",
        "The first two pods of checkout were ready at 14:04.",
        "Nothing was noticed for an hour.",
        "The alert fired at 14:06 or 14:07, and was resolved at 14:22 or 14:23.",
        "Der Alarm wurde um 14:06 Uhr oder um 14:09 Uhr ausgelöst.",
        "The canary was out for about three minutes then.",
        "At 14:02 the release went out. Two minutes later the config changed as well.",
        "Errors continued for 40 seconds after the rollback.",
        "The rollback could not be started at 14:10.",
        "Sam wrote at 14:40 that checkout 1.5.0 had been deployed.",
        "The traffic peaked at 14:40.",
        "The deploy could not be started at 14:40.",
        "| Time | What | Since the row before |\n|---|---|---|\n| 14:06 | The alert fires | 3 min |\n"
        "| 14:23 | The alert is resolved | 5 min |",
        "Deployment von checkout 1.5.0 um 14:02 Uhr",
        "Before the alert fired, Dana had deployed checkout 1.5.0.",
        "Two minutes after the alert Sam joined; a minute later he asked Dana.",
        "Dana asked Sam to roll back.",
        "The alert fired at 14:06. Dana looked at it at 14:14; four minutes later Sam started to roll back.",
        "Dana and Sam rolled back together.",
        "Nobody rolled back before the alert.",
        "Traffic was at 300 requests per second.",
        "The containers ended with exit code 3.",
    ],
)
def test_what_decides_nothing_is_not_called_wrong(text: str) -> None:
    assert contradicted(text) == []


@pytest.mark.parametrize(
    ("text", "type_", "token", "verdict"),
    [
        ("Robin deployed checkout at 14:02.", "person", "Robin", Verdict.NOT_FOUND),
        ("Sam took it back, deploy-checkout #489.", "run", "deploy-checkout #489", Verdict.NOT_FOUND),
        ("Jenkins deployed checkout at 14:02.", "person", "Jenkins", None),
        ("Dana watched.", "person", "Dana", Verdict.CONFIRMED),
        ("The pods answered with HTTP 418.", "code", "HTTP 418", Verdict.NOT_FOUND),
        ("Traffic went from 20 to 80 requests per second.", "rate", "20", Verdict.NOT_FOUND),
        ("Half an hour passed in silence.", "duration", "Half an hour", Verdict.NOT_CHECKED),
        ("The pool had 75 connections.", "number", "75", Verdict.NOT_CHECKED),
        ("On 3 May 2026 it was raised to 512.", "number", "512", Verdict.NOT_CHECKED),
        ("On 3 May 2026 it was raised to 512.", "number", "3", None),
        ("| What | n |\n|---|---|\n| The pool is full | 7 |", "number", "7", None),
    ],
)
def test_nothing_is_passed_over_in_silence(text: str, type_: str, token: str, verdict: Verdict | None) -> None:
    found = {(one.type, one.text): one.verdict for one in verify(f"# Notes\n\n{text}\n", timeline())}
    assert found.get((type_, token)) == verdict


def test_counts_of_a_row_are_read_with_their_states() -> None:
    text = "2 nodes are lost (10:05: a, b): 7 pods of 4 services evicted, 5 pods of 3 services not ready any more"
    found = {(one.number, one.group, *sorted(one.states)) for one in counted(text)}
    assert found >= {
        (2, "nodes", "lost"),
        (7, "pods", "evicted"),
        (5, "pods", "not ready"),
        (3, "services", "not ready"),
    }
    assert list(counted("Containers of web crash again and again: at least 9 times in 3 pods")) == [
        Counted(9, "times", frozenset({"crashed"}), least=True),
        Counted(3, "pods", frozenset({"crashed"})),
    ]
    assert states("12 pods cannot be scheduled") == {"not scheduled"}


def test_times_since_a_stated_one_are_times_of_day() -> None:
    text = "T0 = 23:50 UTC\nT+5m: alert\nT+1h10m: over\nT+ 15 min"
    changed, stood = absolute(text)
    assert changed.split("\n") == ["T0 = 23:50 UTC", "23:55 UTC: alert", "01:00 UTC: over", "00:05 UTC"]
    assert stood == {(2, "23:55 UTC"): "T+5m", (3, "01:00 UTC"): "T+1h10m", (4, "00:05 UTC"): "T+ 15 min"}


@pytest.mark.parametrize(
    "text", ["T+5m: alert", "T0 = 14:00\nT0 = 15:00\nT+5m", "UTC+2\nT0 = 14:00", "AT+4 T+x\nT0=14:00"]
)
def test_without_one_stated_start_nothing_is_counted_from_it(text: str) -> None:
    assert absolute(text) == (text, {})


@pytest.mark.parametrize(
    ("text", "version", "has"),
    [
        ("Deploy of web 1.5.0 (replaces 1.4.9; by dana)", "1.4.9", True),
        ("Rollback to v1.4.9.", "1.4.9", True),
        ("Deploy of web 1.5.0 (replaces 1.4.90; by dana)", "1.4.9", False),
        ("Deploy of web 1.5.0-rc.1 starts", "1.5.0", False),
        ("Deploy of web 11.4.9 starts", "1.4.9", False),
    ],
)
def test_a_version_that_only_begins_or_ends_like_it_is_another(text: str, version: str, has: bool) -> None:
    assert prints(text, version) is has


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("nach zwölf Minuten", 12),
        ("nach fünfundzwanzig Minuten", 25),
        ("eine Stunde lang", 60),
        ("nach elfeinhalb Minuten", 11.5),
        ("eine halbe Stunde", 30),
        ("nach einer Viertelstunde", 15),
        ("anderthalb Stunden", 90),
        ("a quarter of an hour", 15),
    ],
)
def test_a_duration_in_words_is_as_long_as_they_have_it(text: str, minutes: float) -> None:
    assert [span / timedelta(minutes=1) for _, span, _ in spelled_durations(text)] == [minutes]


def test_of_two_times_that_may_be_one_has_to_be_right() -> None:
    assert contradicted("The alert fired at 14:06 or 14:07.") == []
    assert contradicted("The alert fired at 14:36 or 14:37.") == ["14:36", "14:37"]
