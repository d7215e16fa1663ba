"""Looks through a whole bundle for the names in it, before the first is replaced."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from msgspec import Struct, field

from collector.event import Event
from collector.people import MACHINE, named
from collector.redaction import patterns
from collector.redaction.aliases import TAKEN
from collector.redaction.documents import Key, decoded, json_lines, texts, without_base64
from collector.redaction.known import ACCOUNT, FREE_TEXT, GROUPS, HOSTS, NAMES, PEOPLE, TECHNICAL, is_public
from collector.redaction.known import field as plain
from collector.redaction.prose import vocabulary

_WORD = re.compile(r"[^\W_]+")
_NAME = re.compile(r"(?=.*[^\W\d_])[^\s/\\{}<>=:;|\"][^/\\{}<>=;|\"\n\r\t]{1,79}")
_PORT = re.compile(r":[0-9]{1,5}$")
_REMEMBERED = 200_000
_LONGEST = 500


class Survey(Struct):
    """The names and words in a bundle; dictionaries keep the order in which they came."""

    people: dict[str, None] = field(default_factory=dict)
    hosts: dict[str, None] = field(default_factory=dict)
    stays: dict[str, None] = field(default_factory=dict)
    """Services, namespaces, alerts, versions and other subjects of a timeline, in lower case."""
    fields: set[str] = field(default_factory=set)
    """The names of fields, in lower case."""
    words: set[str] = field(default_factory=set)
    """The words of all texts that are names and identifiers, in lower case: they stay in free text as well."""
    taken: set[str] = field(default_factory=set)
    """Texts that already look like an alias."""
    _read: set[tuple[Key, str]] = field(default_factory=set)
    """Texts that were already read: the same ones occur again and again in a bundle."""

    def events(self, events: Iterable[Event]) -> None:
        """Survey the Events that the sources read from the bundle."""
        for event in events:
            for name, _ in named(event):
                self._person(name)
            if event.subject.node:
                self._host(event.subject.node)
            about, keys = event.subject, event.keys
            for each in (about.service, about.environment, about.cluster, about.namespace, about.workload, about.pod,
                         keys.alert, keys.version, keys.replaces, keys.flag, keys.application, keys.release, keys.chart,
                         keys.component, keys.replica_set, keys.measure):  # fmt: skip
                if each:
                    self.stays[each.casefold()] = None
                    self.words.update(word.casefold() for word in _WORD.findall(each))

    def words_that_stay(self) -> frozenset[str]:
        """The words that stay in free text: those of names and identifiers, without those that only people have."""
        # A URL or a `username` also contains the name of a person: `https://gitlab.example/maria-ortiz`.
        ours = {word for name in self.stays for word in _words(name)}
        return frozenset(self.words - ({word for name in self.people for word in _words(name)} - ours))

    def text(self, text: str, key: Key = ()) -> None:
        """Survey a document, or any text in one."""
        if len(text) <= _LONGEST:
            # Only the two innermost of the fields above it matter.
            known = key[-2:], text
            if known in self._read:
                return
            if len(self._read) < _REMEMBERED:
                self._read.add(known)
        self.taken.update(found.casefold() for found in TAKEN.findall(text))
        content = decoded(text)
        if content is None and "\n" in text:
            content = json_lines(text)
        try:
            if content is not None:
                self.content(content, key)
                return
        except RecursionError:
            pass
        self._plain(text, key)

    def content(self, content: Any, key: Key = ()) -> None:
        """Survey a decoded document."""
        self._accounts(content, False)
        for below, text in texts(content, key):
            if below == ("",):
                name = text.casefold()
                if name not in self.fields:
                    self.fields.add(name)
                    self.words.update(word.casefold() for word in _WORD.findall(text) if len(word) <= 40)
            else:
                self.text(text, below)

    def _plain(self, text: str, key: Key) -> None:
        name = plain(key[-1]) if key else ""
        for found in patterns.URL_HOST.finditer(text):
            self._host(found["host"])
        for found in patterns.HOST.finditer(text):
            self._host(found[0])
        for found in patterns.HOME.finditer(text):
            self._person(found["name"])
        if "@" in text or "%40" in text:
            self._mails(text)
        if name in HOSTS:
            self._host(_PORT.sub("", text))
        if name in PEOPLE and not (len(key) > 1 and plain(key[-2]) in GROUPS):
            # `DOMAIN\\user` is how Windows names accounts.
            self._person(text.rpartition("\\")[2])
        for query in re.findall(r"[?&]([A-Za-z_.-]+)=([^&#\s]*)", text):
            if plain(query[0]) in PEOPLE:
                self._person(query[1])
        if key and not is_free_text(key, text) and name not in PEOPLE and name not in HOSTS and len(text) <= 300:
            self.words.update(word.casefold() for word in _WORD.findall(text) if len(word) <= 40)
        without_base64(text, self._inner)

    def _mails(self, text: str) -> None:
        """Add the people in mail addresses and in `postgres://user@host`."""
        for found in patterns.USER_OF_URL.finditer(text):
            self._person(found["name"])
        for found in patterns.MAIL.finditer(text):
            if patterns.is_mail(found):
                self._person(f"{found['local']}@{found['domain']}")

    def _inner(self, text: str) -> str:
        self.text(text, ("",))
        return text

    def _accounts(self, content: Any, person: bool) -> None:
        """Add people that are objects, `{"author": {"name": ...}}`, and the names of Node objects as hosts."""
        for name, value, inside in _walk(content, person):
            if inside and plain(name) in NAMES and isinstance(value, str):
                self._person(value)
            if plain(name) == "name" and isinstance(value, str) and inside is None:
                self._host(value)

    def _person(self, name: str) -> None:
        name = name.strip().lstrip("@")
        if _NAME.fullmatch(name) and not MACHINE.search(name) and not patterns.is_address(name) and len(name) > 1:
            self.people[name] = None

    def _host(self, name: str) -> None:
        name = name.strip().rstrip(".")
        known = not re.search(r"[0-9.-]", name) and name.casefold() in vocabulary()
        if len(name) < 3 or name.isdecimal() or known or is_public(name) or patterns.is_address(name):
            return
        is_digest = re.fullmatch(r"[0-9a-f]{12,}", name)
        if not is_digest and re.fullmatch(r"[A-Za-z0-9_.-]{3,253}", name) and re.search(r"[A-Za-z]", name):
            self.hosts[name] = None


def is_free_text(key: Key, text: str) -> bool:
    """Whether it is free text: by its field, or because it has several words."""
    name = plain(key[-1]) if key else ""
    return name not in TECHNICAL and (name in FREE_TEXT or len(text.split(None, 2)) > 1)


def _words(name: str) -> Iterator[str]:
    return (word.casefold() for word in _WORD.findall(name))


def _walk(content: Any, person: bool | None) -> Iterator[tuple[str, Any, bool | None]]:
    """Name and value of every field, and whether it is in a person; None if it is in the metadata of a node."""
    if isinstance(content, list):
        for value in content:
            yield from _walk(value, person)
    elif isinstance(content, Mapping):
        is_node = content.get("kind") == "Node" and isinstance(content.get("metadata"), Mapping)
        group = content.get("type") in ("Organization", "Bot")
        inside = None if person is None else person and not group
        for name, value in content.items():
            yield name, value, inside
            owner = plain(name) in GROUPS and isinstance(value, Mapping) and value.get("type") == "User"
            below = None if is_node and name == "metadata" else owner or plain(name) in PEOPLE
            yield from _walk(value, below)


def is_account(content: Mapping[str, Any]) -> bool:
    """Whether an object is somebody's account."""
    return isinstance(content.get("login"), str) and any(plain(name) in ACCOUNT for name in content)
