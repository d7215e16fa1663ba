"""The meaning of audit log entries: a flag turned on or off, its rules changed, or no effect on users."""

import re
from collections.abc import Iterable, Iterator
from urllib.parse import urljoin

from collector.event import Event, Identity
from collector.source import BadAnswer, Document, Gap, each
from sources.fact import report
from sources.flag_facts import OFF, ON, Flag, flag_changed, flag_mentioned, numbers
from sources.flag_log import entries as items
from sources.launchdarkly.entries import Entry, entries
from sources.launchdarkly.settings import LaunchDarklySettings

_SWITCHED = re.compile(r"\bturned (?:the (?:flag|targeting) |targeting )?(on|off)\b", re.IGNORECASE)
_CHANGES = {
    "updateFallthrough": "default rule changed",
    "updateFallthroughWithMeasuredRollout": "guarded rollout of the default rule started",
    "updateRules": "rules changed",
    "updateRulesWithMeasuredRollout": "guarded rollout of a rule started",
    "stopMeasuredRolloutOnFlagFallthrough": "guarded rollout of the default rule stopped",
    "stopMeasuredRolloutOnFlagRule": "guarded rollout of a rule stopped",
    "updateTargets": "targets changed",
    "updateIncluded": "targets changed",
    "updateExcluded": "targets changed",
    "updateOffVariation": "off variation changed",
    "updatePrerequisites": "prerequisites changed",
    "updateFlagVariations": "variations changed",
    "copyFlagConfigTo": "settings copied from another environment",
    "deleteFlag": "deleted",
    "deleteSegment": "deleted",
    "updateAIConfigTargeting": "targeting changed",
    "updateAIConfigVariation": "variation changed",
    "deleteAIConfigVariation": "variation deleted",
    "deleteAIConfig": "deleted",
}
_DESCRIBING = re.compile(
    r"(?:update|review|delete)ApprovalRequest|(?:create|update|delete)(?:FlagLink|Triggers)|manageFlagFollowers"
    r"|(?:create|update)Experiment\w*|\w*TrackEvents|\w*AttachedGoal\w*|createSegmentExport|copyFlagConfigFrom"
    r"|removeReleasePipeline|updateAIConfig|update(?:Name|Description|Tags|Temporary|Maintainer|Deprecated|FlagCustomProperties"
    r"|FlagRuleDescription|FlagCodeReferences|FeatureWorkflows|FlagDefaultVariations)"
)
_WITHOUT_EFFECT = {
    "createFlag": "created",
    "cloneFlag": "created",
    "createSegment": "created",
    "createAIConfig": "created",
    "updateScheduledChanges": "given a schedule",
    "updateExpiringTargets": "given targets that expire",
    "createApprovalRequest": "given a request for approval",
}
"""Actions without an effect on users, or without one yet, except those that only change descriptions."""
_PREFIXES = {"flag": "", "segment": "segment ", "aiconfig": "AI Config "}
_ARCHIVES = re.compile(r"\b(?:(restored|unarchived)|archived)\b", re.IGNORECASE)
_LONGEST = 300


def read(documents: Iterable[Document], source: str, settings: LaunchDarklySettings) -> Iterator[Event | Gap]:
    """An Event for each flag, segment and AI Config that an entry is about, in order of time."""
    found: dict[tuple[str, str, str, str], tuple[Entry, str]] = {}
    for document in documents:
        if document.call != "auditlog":
            continue
        try:
            listed = items(document, "items")
        except BadAnswer as error:
            yield Gap(error.reason, error.hint)
            continue
        for entry in each(listed, entries, "auditlog"):
            if isinstance(entry, Gap):
                yield entry
            else:
                key = (entry.id, entry.project, entry.kind, entry.key)
                found[key] = min(found.get(key, (entry, document.asked)), (entry, document.asked), key=repr)
    for key in sorted(found, key=lambda key: (found[key][0].when, key)):
        yield _event(*found[key], source, settings)


def _event(entry: Entry, asked: str, source: str, settings: LaunchDarklySettings) -> Event:
    name = f"{_PREFIXES[entry.kind]}{entry.key}"
    flag = Flag(name, settings.service_of(entry.key, entry.project, entry.tags), entry.environment)
    how, changes_something = _how(entry)
    fact = (flag_changed if changes_something else flag_mentioned)(flag, how, entry.by)
    description = " ".join(filter(None, (entry.description, f"({entry.comment})" if entry.comment else "")))
    return report(
        fact,
        entry.when,
        source=source,
        native_id=f"{entry.id}/{entry.project}/{entry.kind}/{entry.key}",
        keys=Identity(flag=name),
        numbers=numbers(how, entry.by),
        actor=entry.by.name,
        url=urljoin(f"{settings.url}/", entry.site) if entry.site.startswith("/") else "",
        query=asked,
        description=description[:_LONGEST],
    )


def _how(entry: Entry) -> tuple[str, bool]:
    """Words for the action, and whether it changes anything for users."""
    if "updateOn" in entry.actions:
        states = {found.lower() for text in (entry.verb, entry.description) for found in _SWITCHED.findall(text)}
        if len(states) == 1:
            return (ON if states == {"on"} else OFF), True
        return "turned on or off", True
    archives = _ARCHIVES.search(entry.verb)
    # Other properties of an AI Config are changed by the same action.
    if "updateGlobalArchived" in entry.actions or ("updateAIConfig" in entry.actions and archives):
        return ("restored" if archives and archives[1] else "archived"), True
    changing = sorted(each for each in entry.actions - _WITHOUT_EFFECT.keys() if not _DESCRIBING.fullmatch(each))
    if changing:
        known = dict.fromkeys(_CHANGES[action] for action in changing if action in _CHANGES)
        return " and ".join(known) or "changed", True
    idle = dict.fromkeys(_WITHOUT_EFFECT[action] for action in sorted(entry.actions) if action in _WITHOUT_EFFECT)
    return " and ".join(idle) or "described otherwise", False
