"""The suspects that a note may name as the cause: changes and losses in the window, taken from their rows."""

import re
from collections.abc import Iterable

from msgspec import Struct

from collector.event import Event, Kind
from collector.lazy_pattern import lazy_pattern
from collector.row import Row

_DEPLOYS = frozenset({Kind.DEPLOY_STARTED, Kind.ROLLOUT_STARTED, Kind.RUN_STARTED})
_DEATHS = frozenset({Kind.POD_CRASHED, Kind.POD_CRASH_LOOP, Kind.POD_KILLED, Kind.POD_OOM_KILLED})
_FELT = frozenset({Kind.ALERT_FIRING, Kind.ERRORS_ROSE, Kind.LATENCY_ROSE})
_NODES = frozenset({Kind.NODE_NOT_READY, Kind.NODE_DRAINED, Kind.NODE_CHANGED})
_NOUNS = {
    "deploy": r"deploy(?:ment|s)?|release|rollout|upgrade|update|version|build|image|migration|commit|change|merge|"
    r"apply|terraform",
    "config": r"config(?:uration|map| map)?s?|konfig\w*|settings?|secret|corefile|edit|push|change|values",
    "flag": r"(?:feature )?(?:flag|toggle)|experiment",
    "node": r"nodes?|instance|machine|host|hardware",
}
_DIED = lazy_pattern(
    r"\b(?:oom(?:[- ]?kill\w*|ed)?|out of memory|ran out of memory|crash\w*|died|was (?:killed|evicted))\b",
    re.I,
)
_IS_IT = lazy_pattern(
    r"\b(?:it|that)(?:['\u2019]s| is| was) (?!not\b)((?:(?:the|our|my|your|his|her|their|that|this)\s+(?:[\w'-]+\s+)?)?"
    r"[\w.:/@+-]+)(?P<version>\s+v?[0-9][\w.-]*)?(?=$|[\s,;.!)])|"
    r"\b(?:has|have|got|must) (?:to )?be ((?:the\s+(?:[\w'-]+\s+)?)?[\w.:/@+-]+)",
    re.I,
)
_VERSION = lazy_pattern(r"\bv?\d+\.\d[\w.]*|\bv\d+\b|\br\d{2,}\b|\b(?=\w*\d)(?=\w*[a-f])[0-9a-f]{7,40}\b", re.I)
_PART = lazy_pattern(
    r"(?:(?<![\w.-])(?P<before>[\w.-]{1,60})\s{1,9})?(?<![\w.])(?P<v>v)?(?P<part>[0-9]{1,9}(?:\.[0-9]{1,9}){0,5})"
    r"(?![\w.]{0,9}[\w%]|\s?(?:%|m?s\b|x\b))",
    re.I,
)
"""The first numbers of a version, with the word before it: `checkout 1.5`, `v2`."""
_ADVERBS = lazy_pattern(r"also|only|now|always|never|apparently|actually|just|simply|silently|again")
_ROUTINE = lazy_pattern(
    r"is|was|has|does|looks|seems|works|runs|starts|rolls|goes|helps|fixes|contains|includes|"
    r"needs|ships|lands|appears|passes|serves|handles|takes|comes|stays|gets|affects|shows|means|"
    r"uses|adds|changes|touches|updates|bumps|brings|finishes|completes|deploys|ends|begins|"
    r"continues|waits|remains|exists|reaches|pods|replicas|errors|instances|containers|users|"
    r"requests|tests|nodes|logs|metrics|images|builds|hosts|rollouts|values|settings|keys|workers|"
    r"canaries|this|its|as|vs|plus|us"
)
"""Words in -s that report nothing harmful: everyday verbs of versions and flags, plural nouns, particles."""
_AFTER_NOUNS = lazy_pattern(r"are|were|is|was|have|had|look|seem|run|got|all|up|down|in|on|at|of|and|or")
_WELL = lazy_pattern(
    r"\b(?:no|(?:down|back|drop\w*|fell|falls) to zero|at zero|zero (?:errors?|failures?|5xx)|fine|ok|okay|clean|good|"
    r"better|works?|working|gone|stop\w*|fewer|less)\b",
    re.I,
)


class Suspects(Struct, frozen=True):
    """Everything that was changed or lost in a window, by the words that people use for it."""

    names: frozenset[str] = frozenset()
    """Versions, configuration objects, flags: in lower case."""
    nouns: frozenset[str] = frozenset()
    """The sorts of change: `deploy`, `config`, `flag`, `node`; `traffic` if there was more than usual."""
    died: frozenset[str] = frozenset()
    """Services with containers that died, but without alerts or errors of their own: other services suffered."""

    jobs: frozenset[str] = frozenset()
    """Names of Jobs, without the number that a CronJob appends."""

    services: frozenset[str] = frozenset()
    """Names of the services that were deployed, in lower case."""
    replaced: frozenset[str] = frozenset()
    """The versions that were replaced."""

    def job_in(self, text: str) -> bool:
        """Whether the text names one of the Jobs."""
        return any(re.search(rf"(?<![\w-]){re.escape(name)}(?![\w])", text, re.I) for name in self.jobs)

    def named_in(self, text: str) -> bool:
        """Whether the text names a version, an object or a flag."""
        words = {word.strip(".:").removeprefix("v") for word in re.findall(r"[\w.:/@+-]+", text.lower())}
        return any(name.removeprefix("v") in words for name in self.names) or self._version_in(text)

    def _version_in(self, text: str) -> bool:
        """Whether the text has the first numbers of a version: `v2.3`, or `checkout 2.3` and `deploy 2.3`.

        Not if a replaced version begins with the same numbers.
        """
        for found in _PART.finditer(text):
            before = (found["before"] or "").lower()
            # `deploy 2 services` counts something.
            of_deploy = "." in found["part"] and (before in self.services or re.fullmatch(_NOUNS["deploy"], before))
            if found["v"] or of_deploy:
                # With the dot, `1.5` is no beginning of `1.50`.
                start = f"{found['part']}."
                new, old = (
                    any(f"{each.removeprefix('v')}.".startswith(start) for each in versions)
                    for versions in (self.names, self.replaced)
                )
                if new and not old:
                    return True
        return False

    def sort_in(self, text: str) -> bool:
        """Whether the text names a sort of change: `the config push`."""
        return any(re.search(rf"\b(?:{_NOUNS[noun]})\b", text, re.I) for noun in self.nouns & _NOUNS.keys())

    def began_in(self, text: str) -> bool:
        """Whether the text dates the trouble to one of the versions: `ever since the release of v2.1.0`."""
        since = re.search(r"\bsince (?:the |we |our )?(?:\w+ (?:of |to )?){0,2}(?P<name>v?[0-9][\w.-]*\w)", text, re.I)
        return since is not None and not _WELL.search(text) and self.named_in(since["name"])

    def blamed_in(self, text: str) -> bool:
        """Whether the text identifies one of them as the cause: `it's r77`, `it was the config push`."""
        found = [(each[1] or each[3], each["version"] or "") for each in _IS_IT.finditer(text)]
        return any(self.named_in(thing) or self.sort_in(thing) or self._is_of(thing, of) for thing, of in found)

    def _is_of(self, thing: str, version: str) -> bool:
        """Whether these are a service that was deployed and a new version: `checkout` and ` 1.5.0`."""
        return bool(version) and thing.lower().split()[-1] in self.services and self.named_in(thing + version)

    def acts_in(self, text: str) -> bool:
        """Whether one of them does something that is not part of a normal deploy: `3.9.2 queries the replica`."""
        every = (word for word in re.findall(r"[\w.:/@+'-]+", text.lower()) if not _ADVERBS.fullmatch(word))
        words = [*every, "", ""]
        names = {name.removeprefix("v") for name in self.names}
        return any(
            word.strip(".:").removeprefix("v") in names and _acts(verb, following)
            for word, verb, following in zip(words, words[1:], words[2:], strict=False)
        )

    def died_in(self, text: str) -> bool:
        """Whether the text reports the death of a service in `died`."""
        died = _DIED.search(text)
        return bool(died) and any(re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", text, re.I) for name in self.died)


def _acts(verb: str, following: str) -> bool:
    if verb == "has":
        return following in ("a", "an")
    plain = verb.isalpha() and verb.endswith("s") and not verb.endswith("ss") and not _ROUTINE.fullmatch(verb)
    return plain and bool(following) and not _AFTER_NOUNS.fullmatch(following)


def sorts(text: str) -> frozenset[str]:
    """The sorts of change that a text names; a version counts as a deploy."""
    found = {noun for noun, words in _NOUNS.items() if re.search(rf"\b(?:{words})\b", text, re.I)}
    return frozenset(found | ({"deploy"} if _VERSION.search(text) else set()))


def suspects_of(rows: Iterable[Row]) -> Suspects:
    """The changes and losses that the rows report. The version that a rollback restores is not a change."""
    names: set[str] = set()
    nouns: set[str] = set()
    died: set[str] = set()
    felt: set[str] = set()
    jobs: set[str] = set()
    services: set[str] = set()
    replaced: set[str] = set()
    for row in rows:
        ours = [event for one in row.occurrences for event in one.events]
        if row.kind in _DEPLOYS:
            nouns.add("deploy")
            names |= {name for event in ours for name in (event.keys.version, event.keys.commit[:7])}
            services |= {event.subject.service.lower() for event in ours} - {""}
            replaced |= {event.keys.replaces.lower() for event in ours} - {""}
        elif row.kind == Kind.CONFIG_CHANGED:
            nouns.add("config")
            names |= {event.subject.workload.rpartition("/")[2] for event in ours}
        elif row.kind == Kind.FLAG_CHANGED:
            nouns.add("flag")
            names |= {event.keys.flag for event in ours}
        elif row.kind in _NODES:
            nouns.add("node")
            nodes = {event.subject.node or event.subject.workload.removeprefix("Node/") for event in ours}
            # Without a digit, the host name alone may be an ordinary word: `worker` of `worker.7`.
            names |= nodes | {host for node in nodes if re.search(r"\d", host := node.partition(".")[0])}
        died |= {event.subject.service for event in ours if event.kind in _DEATHS}
        jobs |= {_job(event) for event in ours if event.subject.workload.startswith(("Job/", "CronJob/"))}
        felt |= {event.subject.service for event in ours if event.kind in _FELT}
        nouns |= {"traffic" for event in ours if "load_before" in event.numbers}
    names = {name.lower() for name in names if len(name) > 1}
    # If no other service suffers, the death is the incident and not its cause.
    others = died - felt - {""} if felt - {""} else set()
    return Suspects(
        frozenset(names), frozenset(nouns), frozenset(others), frozenset(jobs), frozenset(services), frozenset(replaced)
    )


def _job(event: Event) -> str:
    return re.sub(r"-[0-9]{6,}$", "", event.subject.workload.partition("/")[2])
