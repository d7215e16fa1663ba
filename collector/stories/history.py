"""The history in clones of repositories: which of two commits came first, and which commits revert another."""

from collections.abc import Iterable, Mapping

from msgspec import Struct, field
from msgspec.structs import replace

from collector.event import Event, Identity, Kind
from collector.stories.story import Step, Story

BEHIND = "behind"
"""Key in `numbers` of a commit: how many commits came to its branch after it."""
REVERTS = "reverts"
"""Key in `numbers` of a commit: 1 if it reverts another."""
_KINDS = (Kind.OTHER, Kind.ANNOTATION)


class History(Struct, frozen=True):
    """The order of the commits in every clone, by source, and the commits that are reverts."""

    behind: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    reverts: frozenset[str] = frozenset()

    def goes_back(self, ran: Story, run: Story) -> bool:
        """Whether `run` deploys an older commit than `ran`, which was complete by then."""
        over = [one.best.earliest for one in ran.at(Step.COMPLETED)]
        if not over or max(over) > run.since:
            # If both run at once, the one with the older commit may only be slower.
            return False
        pairs = [(ran.keys.commit, run.keys.commit), (ran.keys.config_commit, run.keys.config_commit)]
        return any(
            theirs in known and ours in known and known[ours] > known[theirs]
            for known in self.behind.values()
            for theirs, ours in pairs
        )

    def marked(self, run: Story) -> Story:
        """The same, marked as a revert if its commit is one."""
        keys: Identity = run.keys
        return replace(run, reverts=True) if {keys.commit, keys.config_commit} & self.reverts else run


def history_of(events: Iterable[Event]) -> History:
    """The history that the Events of clones show."""
    behind: dict[str, dict[str, float]] = {}
    reverts: set[str] = set()
    for event in events:
        if event.kind in _KINDS and BEHIND in event.numbers and event.keys.commit:
            behind.setdefault(event.source, {})[event.keys.commit] = event.numbers[BEHIND]
            if REVERTS in event.numbers:
                reverts.add(event.keys.commit)
    return History(behind, frozenset(reverts))
