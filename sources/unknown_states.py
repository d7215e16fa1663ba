"""States that a system reports and this program does not know: their meaning for a deploy is unknown."""

from collections.abc import Iterable, Iterator, Set

from collector.source import Gap

_MOST_NAMED = 3
_LONGEST = 40


def unknown_states(what: str, states: Iterable[str], known: Set[str]) -> Iterator[Gap]:
    """A Gap that names the states that are not known; empty states are ignored.

    `what` names the things that have them: `deployments of acme/checkout`.
    """
    odd = sorted(set(states) - known - {""})
    if odd:
        named = ", ".join(state[:_LONGEST] for state in odd[:_MOST_NAMED])
        more = f" and {len(odd) - _MOST_NAMED} more" if odd[_MOST_NAMED:] else ""
        yield Gap(f"{what} have states that are not known here ({named}{more}): how they ended may be missing")
