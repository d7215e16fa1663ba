"""The current alerting rules of the server: the meaning of each alert, and how often it is evaluated."""

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from msgspec import Struct

from collector.source import BadAnswer, Document, Gap, each
from sources.alert_labels import described
from sources.prometheus.templates import rendered
from sources.text import one_line

_LONGEST = 366 * 86400.0


class Rule(Struct, frozen=True):
    """One alerting rule."""

    name: str
    expression: str
    hold: float
    """Its `for` in seconds: how long it stays pending before it fires."""
    keep_firing_for: float
    """Seconds that it keeps firing after its condition cleared."""
    interval: float | None
    """Seconds between evaluations, if the server reports them."""
    labels: tuple[tuple[str, str], ...]
    """Labels that the rule adds, including templates."""
    annotations: tuple[tuple[str, str], ...]
    """Templates included."""

    def fits(self, labels: Mapping[str, str]) -> bool:
        """Whether an alert with these labels may belong to this rule."""
        fixed = [(name, value) for name, value in self.labels if "{{" not in value]
        return self.name == labels.get("alertname") and all(labels.get(name, "") == value for name, value in fixed)

    def description(self, labels: Mapping[str, str]) -> str:
        """The description in the annotations, for an alert with these labels."""
        own = dict(self.labels)
        # `$labels` are the labels of the expression's result, before the rule adds or replaces any.
        given = {name: value for name, value in labels.items() if name not in own}
        return described({name: rendered(text, given) for name, text in self.annotations})


class Rules:
    """Collects the documents of the question `rules` one by one, in any order."""

    def __init__(self) -> None:
        """No rule is known yet."""
        self._by_name: dict[str, set[Rule]] = {}

    def add(self, document: Document) -> Iterator[Gap]:
        """Add one document; returns the Gaps for its unreadable parts."""
        try:
            groups = document.json()["data"]["groups"]
        except BadAnswer as error:
            yield Gap(error.reason, error.hint)
            return
        except (KeyError, TypeError):
            yield Gap("rules: the answer has not the shape that is documented, and was left out")
            return
        for group in each(groups, _listed, "groups of rules"):
            if isinstance(group, Gap):
                yield group
                continue
            # A rule that cannot be read costs only itself, not its group.
            for found in each(group["rules"], partial(_parsed, group), "rules"):
                if isinstance(found, Gap):
                    yield found
                else:
                    self._by_name.setdefault(found.name, set()).add(found)

    def find(self, labels: Mapping[str, str]) -> Rule | None:
        """The rule of an alert; None if no rule is known, or if several different rules fit."""
        fitting = [rule for rule in self._by_name.get(labels.get("alertname", ""), ()) if rule.fits(labels)]
        most = max((len(rule.labels) for rule in fitting), default=0)
        best = [rule for rule in fitting if len(rule.labels) == most]
        return best[0] if len(best) == 1 else None


def _listed(group: dict[str, Any]) -> Iterator[dict[str, Any]]:
    if not isinstance(group["rules"], list):
        raise TypeError("no list of rules")
    yield group


def _parsed(group: dict[str, Any], rule: dict[str, Any]) -> Iterator[Rule]:
    if rule.get("type") != "alerting":
        return
    yield Rule(
        name=one_line(rule["name"]),
        expression=one_line(rule.get("query") or ""),
        hold=_seconds(rule.get("duration")),
        keep_firing_for=_seconds(rule.get("keepFiringFor")),
        interval=_seconds(group.get("interval")) or None,
        labels=_texts(rule.get("labels")),
        annotations=_texts(rule.get("annotations")),
    )


def _seconds(value: object) -> float:
    """The value in seconds; 0 if it is not a duration."""
    good = isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= _LONGEST
    return float(value) if good and isinstance(value, int | float) else 0.0


def _texts(value: object) -> tuple[tuple[str, str], ...]:
    if not isinstance(value, dict):
        return ()
    return tuple(sorted((name, one_line(text)) for name, text in value.items() if isinstance(text, str)))
