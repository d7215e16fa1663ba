"""Applies every rule for a good postmortem to one document."""

from collector.postmortem.page import page
from collector.postmortem.rules.actions import check_actions
from collector.postmortem.rules.finding import Finding
from collector.postmortem.rules.text import check_blame, check_sections, check_zones
from collector.postmortem.rules.timeline import check_timeline

_RULES = (check_sections, check_timeline, check_zones, check_blame, check_actions)


def lint(text: str) -> list[Finding]:
    """Every place that breaks a rule, in the order of the lines."""
    read = page(text)
    return sorted({finding for rule in _RULES for finding in rule(read)})
