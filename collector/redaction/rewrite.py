"""Replaces all names of a survey, in any text and in any document."""

import re
from collections.abc import Collection, Iterable
from typing import Any

from collector.people import MACHINE
from collector.redaction import patterns
from collector.redaction.aliases import Aliases
from collector.redaction.documents import Key, decoded, encoded, json_lines, without_base64
from collector.redaction.known import ACCOUNT, PEOPLE, TECHNICAL, field, is_public
from collector.redaction.prose import is_plain, masked, vocabulary
from collector.redaction.spelled import replacing
from collector.redaction.survey import Survey, is_account, is_free_text
from collector.secrets import without_passwords

_TOO_SHORT = 4
_CACHED = 200_000


class Rewriter:
    """Replaces each name by its alias, wherever it occurs."""

    def __init__(self, survey: Survey, also: Iterable[str] = ()) -> None:
        """`also` are further words to replace, even as parts of longer ones."""
        self.aliases = Aliases(survey.taken)
        names = {word: self.aliases.of("word", word) for word in also}
        self._also = replacing(names, parts=True)
        stays = vocabulary() | survey.stays.keys() | {name for name in survey.fields if is_plain(name)}
        self._both: dict[str, str] = {}
        """People with a name that is also a word that stays: replaced only where the person must be meant."""
        people: dict[str, str] = {}
        for name in survey.people:
            alias = self.aliases.of("person", name)
            (self._both if name.casefold() in stays else people)[name] = alias
        hosts = self._hosts(survey, stays)
        self._people = replacing(people, loose=True)
        self._hosts_in = replacing(hosts)
        capital = {name[:1].upper() + name[1:]: alias for name, alias in self._both.items()}
        self._capital = replacing(capital, exact=True)
        self._words = survey.words_that_stay()
        self._stays = survey.stays
        self._seen: dict[tuple[str, str], str] = {}
        self._fields: dict[str, str] = {}

    def _hosts(self, survey: Survey, stays: Collection[str]) -> dict[str, str]:
        """The alias of each host, also by the first part of its name if that contains a digit.

        Hosts are numbered in the order of their names, so that lists that were sorted by them still are.
        """
        own = [name for name in survey.hosts if "." in name or name.casefold() not in stays]
        self.aliases.widen("host", len(own))
        hosts = {name: self.aliases.of("host", name) for name in sorted(own, key=lambda each: (each.casefold(), each))}
        short = {name.partition(".")[0]: alias for name, alias in hosts.items()}
        plain = {name: alias for name, alias in short.items() if re.search(r"[0-9]", name) and len(name) > _TOO_SHORT}
        return {**{name: alias for name, alias in plain.items() if name.casefold() not in stays}, **hosts}

    def document(self, text: str, key: Key = ()) -> str:
        """A document, or a text in one, redacted; JSON stays JSON."""
        try:
            content = decoded(text)
            if content is not None:
                new = self.content(content, key)
                return text if new == content else encoded(new)
            lines = json_lines(text) if "\n" in text else None
        except RecursionError:
            # JSON that is nested too deep to decode is treated as any other text.
            return self._text(text, key)
        if lines is not None:
            return "\n".join(one if isinstance(one, str) else encoded(self.content(one, key)) for one in lines)
        return self._text(text, key)

    def content(self, content: Any, key: Key = ()) -> Any:
        """A decoded document, redacted."""
        if isinstance(content, dict):
            account = is_account(content)
            made: dict[str, Any] = {}
            for name, value in content.items():
                if account and field(name) in ACCOUNT and not MACHINE.search(content["login"]):
                    made[name] = None if isinstance(value, str) else 0
                else:
                    made[unused(self._field(name), made)] = self.content(value, (*key, name))
            return made
        if isinstance(content, list):
            return [self.content(value, key) for value in content]
        return self.document(content, key) if isinstance(content, str) else content

    def name(self, text: str) -> str:
        """A text that is not free text, redacted: the name of a field or source."""
        return self._named(without_base64(text, self._inner))

    def _field(self, text: str) -> str:
        known = self._fields.get(text)
        if known is None:
            known = self.name(text)
            if len(self._fields) < _CACHED:
                self._fields[text] = known
        return known

    def _inner(self, text: str) -> str:
        return self.document(text, ("",)) if decoded(text) is not None else self.name(text)

    def _named(self, text: str) -> str:
        return self._addresses(self._hosts_in(self._people(self._also(text))))

    def line(self, text: str) -> str:
        """A text that somebody wrote, in any form, redacted."""
        return self._text(text, ("message",))

    def _text(self, text: str, key: Key) -> str:
        name = field(key[-1]) if key else ""
        kind = "free" if not key or is_free_text(key, text) else "person" if name in PEOPLE else "name"
        if name in TECHNICAL:
            kind = "name"
        known = self._seen.get((kind, text))
        if known is None:
            known = self._made(without_passwords(text), kind)
            if len(self._seen) < _CACHED:
                self._seen[kind, text] = known
        return known

    def _made(self, text: str, kind: str) -> str:
        if kind == "person" and text in self._both:
            return self._both[text]
        made = self.name(text)
        if kind != "free":
            return made
        if "+" in made:
            made = patterns.PHONE.sub(lambda found: self.aliases.of("address", found[0]), made)
        return masked(self._capital(made), self._words, lambda run: self.aliases.of("text", run))

    def _addresses(self, text: str) -> str:
        if "@" in text or "40" in text:
            text = patterns.MAIL.sub(self._mail, text)
        text = patterns.MAC.sub(lambda found: self.aliases.of("address", found[0]), text)
        if ":" in text or "3A" in text or "3a" in text:
            text = patterns.IPV6.sub(self._address, text)
        text = patterns.IPV4.sub(self._address, text)
        return patterns.HOST.sub(self._host, text) if "." in text else text

    def _mail(self, found: re.Match[str]) -> str:
        if not patterns.is_mail(found):
            return found[0]
        return self.aliases.of("person", f"{found['local']}@{found['domain']}")

    def _address(self, found: re.Match[str]) -> str:
        text = found[0]
        is_version = text.casefold() in self._stays or found.string[max(0, found.start() - 1) : found.start()] in (
            "v",
            "V",
        )
        if is_version or not patterns.is_address(text):
            return text
        return self.aliases.of("address", text)

    def _host(self, found: re.Match[str]) -> str:
        return found[0] if is_public(found[0]) else self.aliases.of("host", found[0])


def unused(name: str, used: Collection[str]) -> str:
    """The name, with a number if it is in use, so that two fields named after one person stay two."""
    made, number = name, 1
    while made in used:
        number += 1
        made = f"{name}-{number}"
    return made
