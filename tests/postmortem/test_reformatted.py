"""Postmortems that prettier or mdformat writes anew between our runs: no word is lost, a second run changes nothing."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cli.demo import BUNDLE
from tests.cli.command import pm_timeline
from tests.examples import often, rarely
from tests.postmortem.documents import generated, rows, update
from tests.postmortem.person import HAND, ROUNDS, Person, evidence
from tests.postmortem.reformat import Reformat, by_mdformat, by_prettier

BOTH = pytest.mark.parametrize("reformat", [by_prettier, rarely(by_mdformat)], ids=["prettier", "mdformat"])
DIALECTS = [
    "# Postmortem\n\n## Timeline\n\nWords after.\n",
    "---\ntitle: Überlastung\ntags: [a, b]\n---\n\n# Ausfall\n\n## Timeline\n\n- one\n  - nested\n    1. deeper\n",
    "# Docusaurus\n\n:::note\n\nRead this.\n\n:::\n\n## Timeline\n\n| a | b |\n|--|:-:|\n| 1 | ü |\n",
    "# MkDocs\n\n!!! note\n\n    | x | y |\n    |---|---|\n    | 1 | 2 |\n\n## Timeline\n\nEnd {: .class }\n",
    "# Obsidian\n\n> [!warning] Callout\n> with [[a link]] and ==a mark==\n\n## Timeline\n\n- [ ] to do ^block\n",
    "# GitLab\n\n[[_TOC_]]\n\n## Timeline\n\n<details><summary>日本</summary>\n\n| c |\n|---|\n| x |\n\n</details>\n",
]


@BOTH
@settings(
    max_examples=often(1, 2),
    deadline=None,
    # Each example takes half a minute: the same ones each time.
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
)
@given(st.lists(st.tuples(ROUNDS, st.sampled_from(DIALECTS), st.booleans()), min_size=12, max_size=12))
def test_no_word_is_lost_between_formatter_and_update(reformat: Reformat, many: list) -> None:
    people = [Person() for _ in many]
    begun = generated(*evidence([(0, 5, False), (1, 9, False)]))
    texts = reformat([update(text.replace("\n", "\r\n") if crlf else text, begun) for _, text, crlf in many])
    for turn in range(max(len(rounds) for rounds, _, _ in many)):
        made = []
        for number, (rounds, _, _) in enumerate(many):
            edits, found = rounds[turn] if turn < len(rounds) else ([], rounds[-1][1])
            for edit in edits:
                texts[number] = people[number].edit(texts[number], *edit)
            made.append(generated(*evidence(found)))
        texts = reformat(texts)
        updated = [update(text, new) for text, new in zip(texts, made, strict=True)]
        assert [update(text, new) for text, new in zip(updated, made, strict=True)] == updated
        for person, text in zip(people, updated, strict=True):
            assert person.words <= set(HAND.findall(text.partition("<!-- /pm-timeline")[0]))
        texts = reformat(updated)
        # Whoever checks both in CI never has to choose between them.
        assert [update(text, new) for text, new in zip(texts, made, strict=True)] == texts


@BOTH
def test_the_postmortem_of_the_demo_is_up_to_date_after_the_formatter(reformat: Reformat, tmp_path: Path) -> None:
    file = tmp_path / "postmortem.md"
    assert pm_timeline("new", file, "--replay", BUNDLE, "-q", folder=tmp_path).code == 0
    before = rows(file.read_text())
    edited = file.read_text().replace("Alert resolved after 18 min", "All is well, says *Ana*", 1)
    (formatted,) = reformat([edited])
    file.write_bytes(formatted.encode())
    assert pm_timeline("update", file, "-q", folder=tmp_path).code == 0
    assert pm_timeline("update", file, "--check", folder=tmp_path).code == 0
    (formatted,) = reformat([file.read_bytes().decode()])
    file.write_bytes(formatted.encode())
    assert pm_timeline("update", file, "--check", folder=tmp_path).code == 0
    assert pm_timeline("update", file, "-q", folder=tmp_path).code == 0
    assert file.read_bytes().decode() == formatted
    after = rows(formatted)
    assert after[:-1] == before[:-1]
    assert after[-1][1].replace("_", "*") == "All is well, says *Ana*"
