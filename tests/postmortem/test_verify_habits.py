"""`verify` on habits of people who write drafts: each once with what is true, and once with what is not."""

from pathlib import Path

import pytest

from collector.postmortem.verify.check import verify
from collector.postmortem.verify.finding import Verdict
from tests.postmortem.evidence import timeline

INCIDENTS = Path("fixtures/incidents")
DEMO = ""


def found(text: str, incident: str, verdict: Verdict) -> list[str]:
    evidence = timeline(INCIDENTS / incident / "bundle.zip") if incident else timeline()
    return [one.text for one in verify(f"# Notes\n\n{text}\n", evidence) if one.verdict == verdict]


@pytest.mark.parametrize(
    ("incident", "text", "right", "wrong"),
    [
        # Lines with a symbol ahead of the time are lines of their own.
        (DEMO, "⏰ 14:02 deploy of checkout\n🔔 {} CheckoutHighErrorRatio\n↩️ 14:18 rollback", "14:06", "14:36"),
        (DEMO, ":rocket: 14:02 deploy of checkout\n:bell: {} CheckoutHighErrorRatio", "14:06", "14:36"),
        (DEMO, "• 14:02 deploy of checkout\n• {} CheckoutHighErrorRatio", "14:06", "14:36"),
        (DEMO, "|===\n|14:02 |deploy of checkout\n|{} |alert fires\n|14:18 |rollback starts\n|===", "14:06", "14:36"),
        # Durations
        (DEMO, "The alert went away at 14:23 after {}.", "18 minutes", "8 minutes"),
        (DEMO, "Der Alarm war nach {} vorbei.", "18 Minuten", "8 Minuten"),
        (DEMO, "TTD 3 min, TTM {}, and 20 minutes from start to end.", "19 min", "39 min"),
        (DEMO, "Identified: at 14:12, {} after it began", "8 minutes", "28 minutes"),
        ("flag-turned-on", "The flag new-pricing was on for {}.", "12 minutes", "22 minutes"),
        # Counts
        (DEMO, "12,388 requests failed out of {}.", "34,098", "43,098"),
        (DEMO, "40% of the requests failed; {} of them in all.", "12,388", "21,388"),
        (DEMO, "All of the new pods came up, {} of the new pods were ready at 14:22.", "six", "five"),
        ("flux-takes-it-back", "{} of the new pods were crashing.", "Two", "Three"),
        # Versions, runs, commits
        (DEMO, "A build, checkout {}, went out at 14:02.", "1.5.0", "1.5.7"),
        (DEMO, "6 of 6 pods ready on {} at 14:22.", "1.4.9", "1.4.7"),
        (DEMO, "Run 482 deployed commit {}.", "b462487", "b642487"),
        (DEMO, "The bad release (run 482, {}) was rolled back.", "b462487", "b642487"),
        ("rollback-fails-first", "The first attempt, run 72, {}.", "failed", "was successful"),
        ("rollback-fails-first", "Run 73 {}.", "succeeded", "failed"),
        ("rollback-fails-first", "Run 72 failed at {}.", "11:13", "11:33"),
        ("undone-by-self-heal", "14:12 UTC: Argo CD deploys {} again", "2.4.0", "2.3.8"),
        # People
        (DEMO, "{} did the rollback by run 483.", "sam-okafor", "dana-reyes"),
        (
            "jenkins-cannot-roll-back",
            "Build 118 shipped basket 5.3.0 at 08:47, started by {}.",
            "li-wei",
            "ines-moreau",
        ),
        ("revert-to-new-tag", "{} shipped the revert.", "li-wei", "dana-reyes"),
        # What stands in no row
        ("staging-then-production", "At {} the deploy of 441f5ea to staging began.", "16:02", "16:32"),
        ("helm-atomic", "At 09:25 {} rolled back.", "Helm", "Ines"),
        ("flag-turned-on", "{} turned on the flag at 14:12.", "dana", "sam"),
        ("old-image-gone", "Run 93 was started by {}.", "kai-l", "mira-k"),
        # What the sentence before is about
        (DEMO, "Dana released checkout 1.5.0. It replaced {}.", "1.4.9", "1.4.8"),
        (DEMO, "1.5.0 ersetzte {}.", "1.4.9", "1.4.8"),
        ("dns-down", "The config was put back {} after it had been changed.", "18 minutes", "38 minutes"),
        ("retry-storm", "Pia scaled it {} after the alert.", "nine minutes", "21 minutes"),
        # Labels, and columns for both ends
        (DEMO, "Fixed: {} UTC", "14:22", "14:42"),
        (DEMO, "| From | Until | What |\n|---|---|---|\n| 14:06 | {} | the alert is firing |", "14:23", "14:43"),
        (DEMO, "At {} the site recovered.", "14:23", "14:33"),
        # What rises and falls
        ("autoscaler-at-its-limit", "{} Responses are fast again.", "20:19", "20:39"),
        ("autoscaler-at-its-limit", "The autoscaler went up to {}.", "18 pods", "28 pods"),
        ("zone-outage", "web peaked at {} (04:07), api at 19.8% (04:06).", "14.3%", "24.3%"),
        ("autoscaler-at-its-limit", "Der Verkehr stieg von 20 auf {}.", "89,7 Anfragen/s", "290 Anfragen/s"),
        ("config-then-restart", "- Incident declared {}", "11:01", "10:51"),
    ],
)
def test_what_is_wrong_is_found_and_what_is_right_is_not_called_wrong(
    incident: str, text: str, right: str, wrong: str
) -> None:
    assert found(text.format(right), incident, Verdict.CONTRADICTED) == []
    (one,) = found(text.format(wrong), incident, Verdict.CONTRADICTED)
    assert one in wrong or wrong in one


@pytest.mark.parametrize(
    ("incident", "text"),
    [
        ("jenkins-cannot-roll-back", "At 09:29 the Deployment was undone with kubectl."),
        ("retry-storm", "19:18 Pia scales session-api from 8 to 16 pods"),
        ("redis-upgrade", "- redis was upgraded to 7.4.1 (13:02). sessions 2.15 followed three minutes later."),
        ("redis-upgrade", "- **Detection**: SessionsErrorBudgetBurn, 13:08, five minutes after the errors began"),
        ("redis-upgrade", "Anka answered at 13:12 that she had deployed sessions at 13:06."),
        ("flag-turned-on", "| flag new-pricing on | 14:12 |\n|---|---|\n| flag new-pricing off | 14:24 |"),
        (DEMO, "Event log (in CEST)\n\n- 16:02 deploy of checkout\n- 16:06 alert fires\n- 16:18 rollback starts"),
        (DEMO, "At 16h02 (Paris, CEST) checkout was deployed, the alert fired at 16h06, the rollback began at 16h18."),
        (DEMO, "The rollback was not complete at 14:20."),
        (DEMO, "Run 482 failed its users."),
        ("rollback-fails-first", "Run 72 failed, and run 73 was successful."),
        ("argocd-revert-in-config", "Sam reverted the merge at 14:19."),
        (DEMO, "At 14:02 nginx 1.25.3 was up."),
        (
            DEMO,
            "It fired at 14:06, and she knew six minutes after that. Six minutes later, at 14:18, Sam rolled back.",
        ),
        (DEMO, "The error ratio stayed above 35% for another eleven minutes."),
        ("zone-outage", "Rui reported at 04:16 that all three were NotReady."),
        ("revert-to-new-tag", "3 pods of 2026.5.3 were ready at first."),
        ("old-image-gone", "At 10:22 the rollback had brought a complete outage."),
        (DEMO, "Der Rollback dauerte vier Minuten."),
        ("argocd-revert-in-config", "14:19z li-wei merges the revert"),
        ("hotfix-forward", "Fixing forward took 16 minutes from understanding to deploy, a rollback takes 2 minutes."),
        ("build-cache-wiped", "It took ten and a half hours from the deploy to the first failure."),
        ("pods-pile-up", "From the diagnosis to recovery it was a quarter of an hour."),
        ("pods-pile-up", "She deleted pods older than 4 hours (23:36)."),
        ("redis-upgrade", "After the upgrade sessions was on 2.15 and stayed there."),
        (DEMO, "The alert only fired when errors had been rising for three minutes."),
        ("looked-at-next-morning", "The failed deploy took eleven minutes until CI gave up."),
    ],
)
def test_what_is_true_or_decides_nothing_is_not_called_wrong(incident: str, text: str) -> None:
    assert found(text, incident, Verdict.CONTRADICTED) == []


def test_a_number_of_minutes_does_not_confirm_a_number_of_nodes() -> None:
    assert found("There were 14 nodes.", "autoscaler-at-its-limit", Verdict.CONFIRMED) == []


def test_a_page_with_lessons_in_its_title_is_looked_up() -> None:
    text = "# {}\n\nThe alert fired at 14:46.\n"
    of_page, of_section = text.format("Lessons from a checkout that broke"), text.format("Lessons learned")
    verdicts = [{one.verdict for one in verify(each, timeline())} for each in (of_page, of_section)]
    assert [Verdict.CONTRADICTED in each for each in verdicts] == [True, False]
