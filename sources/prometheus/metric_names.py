"""Metric names in settings: which of them do not exist, and which existing names they may mean."""

import difflib
import re
from collections.abc import Collection, Iterator, Sequence

from collector.lazy_pattern import lazy_pattern
from collector.source import Gap
from sources.prometheus.settings import PrometheusSettings

_NAME = r"[A-Za-z_:][\w:]*"
_PLAIN = lazy_pattern(rf"\s*({_NAME})\s*(\{{.*)?", re.DOTALL)
_QUOTED = lazy_pattern(r"""\s*\{\s*(?:__name__\s*=\s*)?["']([\w:.]+)["']\s*[,}].*""", re.DOTALL)
_IN_QUERY = lazy_pattern(rf"(?<![\w:.])({_NAME})\s*(?:\{{(?:[^\"'{{}}]|\"[^\"]*\"|'[^']*')*\}}\s*)?\[")
_WORD = lazy_pattern("[A-Za-z]{3,}")
_COMMON = frozenset(
    {"total", "count", "sum", "bucket", "seconds", "milliseconds", "the", "requests", "request", "http"}
)
"""Words in so many names that they do not identify a metric."""
_MOST_NEAREST = 3


def configured(settings: PrometheusSettings) -> dict[str, str]:
    """The metrics that the settings name, each with its place in the settings: `total_query of checkout`."""
    found: dict[str, str] = {}
    for ratio in settings.ratios:
        for key in ("total_query", "error_query"):
            for name in named_in(getattr(ratio, key)):
                found.setdefault(name, f"ratios: {key} of {ratio.service}")
        for name in _IN_QUERY.findall(ratio.ratio_query):
            found.setdefault(name, f"ratios: ratio_query of {ratio.service}")
    for latency in settings.latencies:
        for name in named_in(latency.buckets_query):
            found.setdefault(name, f"latencies: buckets_query of {latency.service}")
    return found


def similar(names: Collection[str]) -> str:
    """A pattern for names that share a word with one of these, preferably an uncommon one; empty without words."""
    words = sorted({word for name in names for word in _WORD.findall(name)} - _COMMON)
    words = words or sorted({word for name in names for word in _WORD.findall(name)})
    return f".*({'|'.join(words)}).*" if words else ""


def missing(
    settings: PrometheusSettings, known: Collection[str], looked_for: Collection[str], candidates: Sequence[str]
) -> Iterator[Gap]:
    """A Gap for each configured metric that was looked for and does not exist, with the nearest existing names."""
    for name, where in configured(settings).items():
        if name in known or name not in looked_for:
            continue
        nearest = difflib.get_close_matches(name, sorted({*candidates, *known}), _MOST_NEAREST, 0.6)
        hint = f"nearest: {', '.join(nearest)}" if nearest else "is the name right, and is it scraped?"
        yield Gap(f"{where} names {name}, which does not exist here", hint)


def named_in(selector: str) -> set[str]:
    """The metric name in a selector, if it contains one."""
    found = _PLAIN.fullmatch(selector) or _QUOTED.fullmatch(selector)
    return {found[1]} if found else set()
