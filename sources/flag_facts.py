"""Facts about feature flags, one function for each kind, for all systems that have them."""

from typing import NamedTuple

from collector.event import Kind, Subject
from sources.fact import Fact

ON = "turned on"
OFF = "turned off"


class Flag(NamedTuple):
    """One flag in one environment."""

    name: str
    """As people call it, mostly its key; `segment NAME` for a segment of users that rules of flags are made of,
    `AI Config NAME` for the model and prompts of an application, `project NAME` for all flags of a project.
    """
    service: str = ""
    """The service that it belongs to, if known."""
    environment: str = ""
    """Empty if the event applies to all environments."""

    def subject(self) -> Subject:
        """The subject of Events about the flag."""
        return Subject(service=self.service, environment=self.environment)


class Author(NamedTuple):
    """Who or what changed a flag."""

    name: str = ""
    """A person's name or address; for automation, a description: `token deploy-bot`."""
    automated: bool = False

    def words(self) -> str:
        """` (by dana)`, ` (automatically, by token deploy-bot)`, or nothing."""
        by = ", ".join(
            filter(None, ("automatically" if self.automated else "", f"by {self.name}" if self.name else ""))
        )
        return f" ({by})" if by else ""


def flag_changed(flag: Flag, how: str, by: Author) -> Fact:
    """A change that affects users; `how` is ON, OFF, or other words: `rules changed`, `archived`."""
    # On and off are the same fact in every log that records it; other changes within one minute may be separate.
    merge_key = f"flag {flag.environment}/{flag.name} {how}" if how in (ON, OFF) else ""
    return Fact(Kind.FLAG_CHANGED, flag.subject(), _words(flag, how, by), merge_key)


def flag_mentioned(flag: Flag, how: str, by: Author) -> Fact:
    """A change that does not affect users, such as a new description or a change that is only planned."""
    return Fact(Kind.OTHER, flag.subject(), _words(flag, how, by), "")


def numbers(how: str, by: Author) -> dict[str, float]:
    """The `numbers` of an Event about a flag.

    `on` is 1 if it was turned on and 0 if off; `automated` is 1 if no person did it.
    """
    switched = {ON: {"on": 1.0}, OFF: {"on": 0.0}}.get(how, {})
    return switched | ({"automated": 1.0} if by.automated else {})


def _words(flag: Flag, how: str, by: Author) -> str:
    place = f" in {flag.environment}" if flag.environment else ""
    several = flag.name.startswith(("segment ", "project ", "AI Config "))
    called = flag.name[:1].upper() + flag.name[1:] if several else f"Flag {flag.name}"
    return f"{called} {how}{place}{by.words()}"
