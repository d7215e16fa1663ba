"""Words that may name the end of something, or one of two versions, but do not in these sentences."""

import pytest

from collector.postmortem.verify.check import verify
from collector.postmortem.verify.finding import Verdict
from tests.incidents.measure import FOLDER
from tests.incidents.pipeline import read

INCIDENTS = {
    "canary": "canary-deployment",
    "finder": "hotfix-forward",
    "launcher": "quota-full",
    "orders": "rollback-fails-first",
}


@pytest.mark.parametrize(
    ("incident", "text"),
    [
        ("orders", "- 11:03 the error ratio of orders departs from its baseline"),
        ("finder", "At 09:02 dana-reyes shipped finder 8.0.0 (run 81) over 7.9.3."),
        ("canary", "- 11:05 rollout of checkout-web 4.5.0; 4.4.1 was the version that ran before."),
        ("orders", "Ida rolled back at 11:19 (run 73). All pods were on 5.1.9 at 11:20, so the rollback was short."),
        ("launcher", "From the first failure at 18:17 to the end of the rollback it took 23 minutes."),
        ("launcher", "It took 22 minutes until the rollback was released, at 18:39."),
        ("orders", "The second rollback restored service within 1 minute."),
    ],
)
def test_true_sentences_are_not_called_wrong(incident: str, text: str) -> None:
    findings = verify(text, read(FOLDER / INCIDENTS[incident] / "bundle.zip").timeline())
    assert not [one for one in findings if one.verdict == Verdict.CONTRADICTED]


@pytest.mark.parametrize(
    "text",
    [
        "- 11:20 the error ratio of orders departs from its baseline",
        "At 11:09 dana-reyes shipped orders 5.2.0 over 5.1.9.",
        "- 11:02 orders 5.2.0 goes out; 5.1.7 was the version that ran before.",
    ],
)
def test_wrong_ones_still_are(text: str) -> None:
    findings = verify(text, read(FOLDER / "rollback-fails-first" / "bundle.zip").timeline())
    assert [one for one in findings if one.verdict == Verdict.CONTRADICTED]
