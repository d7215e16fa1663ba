"""The clock of the story: hours of it pass in minutes, and what matters in it passes in real time."""

import bisect
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta


class Clock:
    """Maps the time on the wall to the time in the story, piecewise linearly and both ways."""

    def __init__(self, start: datetime, legs: Sequence[tuple[datetime, float]]) -> None:
        """Each leg is (story time at its end, seconds it takes on the wall)."""
        self._story = [start.timestamp()]
        self._passed = [0.0]
        for end, seconds in legs:
            if end.timestamp() <= self._story[-1]:
                raise ValueError(f"the leg to {end} goes back in time")
            self._story.append(end.timestamp())
            self._passed.append(self._passed[-1] + seconds)
        self._began = 0.0

    def start(self) -> None:
        """The story begins now."""
        self._began = time.time()

    def story(self, wall: float) -> datetime:
        """Time in the story when the wall clock shows `wall` (Unix seconds)."""
        seconds = _between(wall - self._began, self._passed, self._story)
        return datetime.fromtimestamp(seconds, UTC)

    def wall(self, story: datetime) -> float:
        """Unix seconds on the wall at a time in the story."""
        return self._began + _between(story.timestamp(), self._story, self._passed)

    def now(self) -> datetime:
        """Time in the story."""
        return self.story(time.time())

    def until(self, story: datetime) -> None:
        """Wait for a time in the story; return at once if it is past."""
        time.sleep(max(0.0, self.wall(story) - time.time()))

    def after(self, seconds: float) -> float:
        """Unix seconds on the wall when so many seconds of the story will have passed."""
        return self.wall(self.now() + timedelta(seconds=seconds))


def _between(value: float, given: list[float], wanted: list[float]) -> float:
    leg = min(max(bisect.bisect_right(given, value) - 1, 0), len(given) - 2)
    share = (value - given[leg]) / (given[leg + 1] - given[leg])
    return wanted[leg] + share * (wanted[leg + 1] - wanted[leg])
