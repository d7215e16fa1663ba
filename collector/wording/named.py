"""The lines under the table: stories without rows, by name, or counted if there are many."""

from collections.abc import Iterable, Sequence

from collector.context import Context
from collector.significance import Rule
from collector.stories.story import Story, StoryType
from collector.wording.alerts import objects
from collector.wording.ends import state_of
from collector.wording.numbers import clock, count, some
from collector.wording.pods import pods_rows
from collector.wording.sentence import plain
from collector.wording.setting import Setting, deployed_to_several
from collector.wording.titles import deploy_name

_MOST = 6
"""Up to this many stories of one sort have a line each."""
_COUNTED = frozenset({"routine", "momentary", "put back as declared"})
_KINDS = {
    StoryType.DEPLOY: ("deploy or rollout", "deploys and rollouts"),
    StoryType.ALERT: ("alert", "alerts"),
    StoryType.SYMPTOM: ("time of unusual errors, latency or traffic", "times of unusual errors, latency or traffic"),
    StoryType.PODS: ("workload with trouble of its pods", "workloads with trouble of their pods"),
    StoryType.NODE: ("change of a node", "changes of nodes"),
    StoryType.JOB: ("failed job", "failed jobs"),
    StoryType.SCALING: ("scaling", "scalings"),
    StoryType.DELETION: ("deleted workload", "deleted workloads"),
    StoryType.CONFIG: ("change of configuration", "changes of configuration"),
    StoryType.FLAG: ("change of a feature flag", "changes of feature flags"),
    StoryType.HOLD: ("pause of a rollout", "pauses of rollouts"),
    StoryType.REPLACED: ("workload with pods replaced", "workloads with pods replaced"),
    StoryType.JOB_RUN: ("run of a Job", "runs of Jobs"),
    StoryType.VOLUME: ("claim without a volume", "claims without a volume"),
    StoryType.SILENCE: ("silence", "silences"),
    StoryType.ANNOTATION: ("annotation", "annotations"),
}
_SORTS = {
    "another environment": "in environments that serve no users",
    "preview": "of previews",
    "routine": "in normal operation",
    "put back as declared": "that put back what was declared",
    "standing alert": "that had fired for hours before",
    "momentary": "that lasted a moment",
    "weak effect": "that cost little",
    "service not asked for": "of services not asked for",
    "flag of no known service": "that belong to no known service",
}


def named_lines(verdicts: Iterable[tuple[Story, Rule]], context: Context) -> list[str]:
    """One line for each thing that a reader may miss in the table; many of a sort are counted in one."""
    groups: dict[tuple[str, StoryType], list[Story]] = {}
    for story, rule in verdicts:
        if rule.outcome == "named" and (context.visible(story) or story.type == StoryType.NOTE):
            groups.setdefault((rule.name, story.type), []).append(story)
    setting = Setting(context, {}, deployed_to_several(context))
    lines = []
    for (rule_name, type_), stories in sorted(groups.items(), key=lambda group: (group[1][0].since, group[0])):
        if type_ == StoryType.WARNING:
            lines.append(_warnings(stories))
        elif type_ == StoryType.NOTE or (len(stories) <= _MOST and rule_name not in _COUNTED):
            where = "" if rule_name != "another environment" else f" ({stories[0].service.environment})"
            lines += [_line(story, setting) + ("" if story.type == StoryType.DEPLOY else where) for story in stories]
        else:
            kind = _KINDS[type_][len(stories) != 1]
            lines.append(f"{len(stories):,} {kind} {_SORTS.get(rule_name, 'of other services')}: {_names(stories)}")
    return lines


def _line(story: Story, setting: Setting) -> str:
    window, tz = setting.window, setting.tz
    if story.type == StoryType.NOTE:
        moment = window.local(story.since).strftime("%Y-%m-%d %H:%M")
        return f"Note outside the window, {moment}: {story.about}"
    if story.type == StoryType.DEPLOY:
        done = story.complete_at
        same = done is not None and clock(done, tz) == window.clock(story.since)
        until = ("" if same or not done else f" to {clock(done, tz)}") + (", complete" if done else "")
        state = "" if done else state_of(story)
        return f"{plain(deploy_name(story, setting))}, {window.clock(story.since)}{until}{state and f', {state}'}"
    if story.type == StoryType.ALERT:
        whom = story.service.name or plain(objects(story))
        of = f" for {whom}" if whom else ""
        return f"Alert {story.about}{of}, {window.clock(story.since)}"
    if story.type in (StoryType.PODS, StoryType.JOB):
        words = plain(pods_rows(story, setting)[0].words)
        return words if ", since " in words else f"{words}, {window.clock(story.since)}"
    return f"{story.first.best.summary}, {window.clock(story.since)}"


def _warnings(stories: Sequence[Story]) -> str:
    """`Warnings of other kinds: 3 about HelmRelease/web (InstallFailed: ...), ...`."""
    counts: dict[str, tuple[int, str]] = {}
    for story in stories:
        best = story.first.best
        about = best.subject.workload or best.subject.pod or best.summary
        number = int(best.numbers.get("count", 1))
        before, words = counts.get(about, (0, best.reason or best.description or best.summary))
        counts[about] = (before + number, words)
    shown = sorted(counts.items(), key=lambda each: (-each[1][0], each[0]))
    parts = [f"{count(number)} about {about} ({words})" for about, (number, words) in shown[:_MOST]]
    more = f" and {len(shown) - _MOST} more" if len(shown) > _MOST else ""
    return f"Warnings of other kinds: {'; '.join(parts)}{more}"


def _names(stories: Sequence[Story]) -> str:
    names = sorted({story.service.name or story.about for story in stories})
    return some(names, _MOST)
