"""When a ratio is raised: hysteresis over its levels. Bursts close together are one episode.

An episode begins above `high` and ends back near normal. A remainder that is small compared with the rise may stay:
it counts as near normal, and as the normal level for the next rise.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence

from msgspec import Struct

from sources.promql.series import Array

_REMAINDER = 0.1
"""Share of the rise that may remain afterwards."""
_MOST_REMAINDER = 0.05
"""Maximum ratio of a remainder above normal, however high the rise was."""
_STEPS = 300.0
"""Maximum seconds for a fall in several steps to count as one."""
_MAX_GAP = 120.0
"""Two bursts with at most this many seconds between them are one episode."""
_MAX_FLAPPING_GAP = 900.0
_FLAPPING = 3
"""This many bursts, with at most `_MAX_FLAPPING_GAP` seconds between them, are one episode that flaps."""


class Limits(Struct, frozen=True):
    """Limits of a ratio."""

    normal: float
    low: float
    """Up to this ratio it is normal."""
    high: float
    """From this ratio on it is raised."""

    def near(self, most: float) -> float:
        """The highest ratio that counts as back near normal after a peak of `most`."""
        return max(self.low, self.normal + min(_REMAINDER * (most - self.normal), _MOST_REMAINDER))


class Burst(Struct, frozen=True):
    """One burst: the index of its first level, and of the first level after it, which may not exist."""

    first: int
    end: int


class Episode(Struct, frozen=True):
    """One burst, or several close together."""

    bursts: tuple[Burst, ...]

    @property
    def first(self) -> int:
        """Index of its first level."""
        return self.bursts[0].first

    @property
    def end(self) -> int:
        """Index of the first level after it."""
        return self.bursts[-1].end


def episodes(levels: Sequence[float], since: Array, limits: Limits, raised: Callable[[int], bool]) -> list[Episode]:
    """Episodes in order of time. `since` has the Unix second at which each level begins.

    `raised` decides whether a level of at least `high` is enough to begin an episode.
    """
    bursts = list(_bursts(levels, since, limits, raised))
    found: list[list[Burst]] = []
    for chain in _grouped(bursts, since, _MAX_FLAPPING_GAP):
        found += [chain] if len(chain) >= _FLAPPING else _grouped(chain, since, _MAX_GAP)
    return [Episode(tuple(group)) for group in found]


def _bursts(levels: Sequence[float], since: Array, limits: Limits, raised: Callable[[int], bool]) -> Iterator[Burst]:
    index, remainder = 0, limits.normal
    while index < len(levels):
        # The remainder of a burst is not another burst.
        anew = levels[index] >= max(limits.high, 2 * remainder - limits.normal)
        if not anew or not raised(index):
            remainder = min(remainder, max(limits.normal, levels[index]))
            index += 1
            continue
        end = _end(levels, since, limits, index)
        yield Burst(index, end)
        if end < len(levels):
            remainder = max(limits.normal, levels[end])
        index = end


def _end(levels: Sequence[float], since: Array, limits: Limits, first: int) -> int:
    """Index of the first level that is near normal after a burst; the number of levels if there is none."""
    most = levels[first]
    for index in range(first + 1, len(levels)):
        near = limits.near(most)
        if levels[index] <= near:
            return _settled(levels, since, limits, index)
        most = max(most, levels[index])
    return len(levels)


def _settled(levels: Sequence[float], since: Array, limits: Limits, index: int) -> int:
    """Index of the last step of a fall that is near normal at `index`."""
    end = index
    while (
        end + 1 < len(levels)
        and levels[end] > limits.low
        and levels[end + 1] < levels[end]
        and since[end + 1] <= since[index] + _STEPS
    ):
        end += 1
    return end


def _grouped(bursts: Iterable[Burst], since: Array, lull: float) -> list[list[Burst]]:
    """Neighbours with at most `lull` seconds between them, grouped."""
    found: list[list[Burst]] = []
    for burst in bursts:
        if found and since[burst.first] - since[found[-1][-1].end] <= lull:
            found[-1].append(burst)
        else:
            found.append([burst])
    return found
