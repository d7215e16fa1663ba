"""States that systems have since they were last looked at: what they mean for a deploy is not known."""

from collections.abc import Iterable, Iterator, Set

from collector.source import Gap

_MOST_NAMED = 3
_LONGEST = 40


def unknown_states(what: str, states: Iterable[str], known: Set[str]) -> Iterator[Gap]:
    """A Gap that names those of the states that are not among the known ones; what has none is in order.

    `what` is what has them: `deployments of acme/checkout`.
    """
    odd = sorted(set(states) - known - {""})
    if odd:
        named = ", ".join(state[:_LONGEST] for state in odd[:_MOST_NAMED])
        more = f" and {len(odd) - _MOST_NAMED} more" if odd[_MOST_NAMED:] else ""
        yield Gap(f"{what} have states that are not known here ({named}{more}): how they ended may be missing")
