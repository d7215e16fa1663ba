"""What a clone of a repository shows about two commits: which came first, and which of them reverts another."""

from collections.abc import Iterable, Mapping

from msgspec import Struct, field
from msgspec.structs import replace

from collector.event import Event, Identity, Kind
from collector.stories.story import Step, Story

BEHIND = "behind"
"""In `numbers` of a commit: how many came to its branch after it."""
REVERTS = "reverts"
"""In `numbers` of a commit: 1 of one that reverts another."""
_KINDS = (Kind.OTHER, Kind.ANNOTATION)


class History(Struct, frozen=True):
    """The order of the commits of every clone, each by the name of its source."""

    behind: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    reverts: frozenset[str] = frozenset()

    def goes_back(self, ran: Story, run: Story) -> bool:
        """Whether `run` deploys a commit from before the one that `ran` had deployed by then."""
        over = [one.best.earliest for one in ran.at(Step.COMPLETED)]
        if not over or max(over) > run.since:
            # Of two at once the older may merely be the slower.
            return False
        pairs = [(ran.keys.commit, run.keys.commit), (ran.keys.config_commit, run.keys.config_commit)]
        return any(
            theirs in known and ours in known and known[ours] > known[theirs]
            for known in self.behind.values()
            for theirs, ours in pairs
        )

    def marked(self, run: Story) -> Story:
        """The same, noted as a revert if what it deploys is one."""
        keys: Identity = run.keys
        return replace(run, reverts=True) if {keys.commit, keys.config_commit} & self.reverts else run


def history_of(events: Iterable[Event]) -> History:
    """What the Events of clones show."""
    behind: dict[str, dict[str, float]] = {}
    reverts: set[str] = set()
    for event in events:
        if event.kind in _KINDS and BEHIND in event.numbers and event.keys.commit:
            behind.setdefault(event.source, {})[event.keys.commit] = event.numbers[BEHIND]
            if REVERTS in event.numbers:
                reverts.add(event.keys.commit)
    return History(behind, frozenset(reverts))
