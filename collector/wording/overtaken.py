"""The row of a deploy that the next one overtook, and the versions of the pods that a deploy replaced."""

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta

from collector.event import Kind
from collector.merge import Occurrence
from collector.row import Row, Word
from collector.stories.rollouts import workload
from collector.stories.story import Step, Story, StoryType
from collector.wording.sentence import Words, joined, number, row, sentence, text, version
from collector.wording.setting import Setting
from collector.wording.titles import rollout_name

_SURELY = timedelta(seconds=5)
"""A pod that was stopped this long after the start of a rollout was stopped by it, not by the one before."""


def overtaken_rows(deploy: Story, title: Words, setting: Setting) -> list[Row]:
    """A row if the next deploy of a workload began before this one had replaced all pods.

    The proof is a pod of neither of them that was stopped only after the next one had begun.
    """
    if deploy.complete_at:
        return []
    for part in deploy.parts_of(StoryType.ROLLOUT):
        following = _next(deploy, part, setting)
        if following is None:
            continue
        other, rollout = following
        sets = {part.keys.replica_set, rollout.keys.replica_set}
        left = [
            one
            for one in rollout.at(Step.PODS_TERMINATED)
            if one.best.keys.replica_set not in {*sets, ""} and one.best.earliest > rollout.since + _SURELY
        ]
        if "" in sets or not left:
            continue
        words = sentence(title, text("is not complete when the"), _named(other, setting), text("overtakes it"))
        begun = rollout.at(Step.STARTED)[0]
        return [row(deploy, "overtaken", Kind.DEPLOY_SUPERSEDED, words, [begun, *left], exact=begun)]
    return []


def _next(deploy: Story, part: Story, setting: Setting) -> tuple[Story, Story] | None:
    """The next rollout of the same workload, with its deploy."""
    later = (
        (other, each)
        for other in setting.context.stories.values()
        if other.type == StoryType.DEPLOY and other.id != deploy.id and other.service == deploy.service
        for each in other.parts_of(StoryType.ROLLOUT)
        if each.since > part.since and workload(each.first) == workload(part.first)
    )
    return min(later, key=lambda each: each[1].since, default=None)


def _named(deploy: Story, setting: Setting) -> Words:
    words = rollout_name(deploy, setting)
    return (Word(words[0].text[:1].lower() + words[0].text[1:], words[0].kind), *words[1:])


def replaced_versions(deploy: Story, gone: Sequence[Occurrence], setting: Setting) -> Words:
    """`of checkout 1.5.0 (5) and 1.4.9 (3)`, if the old pods had several versions; else nothing."""
    counts = Counter(one.best.keys.version for one in gone)
    if len(counts) < 2 or "" in counts:
        return ()
    each = [
        (*version(known), Word(" ("), *number(f"{count}"), Word(")")) for known, count in sorted(counts.items())[::-1]
    ]
    those = joined(" and ", [joined(", ", each[:-1]), each[-1]])
    return sentence(text("of"), setting.service(deploy.service), those)
