"""One object of a list is spoilt in one field: the others give what they give without it."""

import json
import random
import time
from collections import Counter
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from collector.event import Event
from collector.source import Document
from tests.fuzz.mutate import TIMES, places
from tests.fuzz.payloads import Payload
from tests.fuzz.play import HANG, Found, caused_by, read

SPOILT: tuple[Any, ...] = (
    None, 0, -1, 1e15, 10**40, 1e308, True, "", "x", "NaN", "\ud800", "a" * 20_000,
    [], {}, [None], [[[]]], {"a": {"b": []}}, *TIMES,
)  # fmt: skip
FEWEST = 4
"""Events of the others: of fewer, half is no measure."""
_DEEP = 300


class _Change(Struct, frozen=True):
    """One document with the spoilt object, and the same without the object."""

    number: int
    spoilt: str
    without: str
    what: str


def spoil(payload: Payload, case: int, seed: int) -> Found | None:
    """Play this case; what it found.

    An object may belong to others, and then changes what they give. So only that counts which takes most of it away,
    and only of what the payload gives as it was: without an object, the others may give what is not true.
    """
    change = _changed(payload.documents, random.Random(f"spoil/{seed}/{case}"))
    if change is None:
        return None
    what = f"{payload.name}: {change.what}"
    began = time.thread_time()
    try:
        left = _known(payload, change.number, change.spoilt)
    except Exception as error:  # noqa: BLE001 - this is what is looked for
        return Found(case, "crash", caused_by(error), what)
    took = time.thread_time() - began
    others = _known(payload, change.number, change.without)
    if took > HANG + 5 * (time.thread_time() - began - took):
        return Found(case, "hang", payload.source.type, f"{what}: {took:.1f} s")
    if (others - left).total() > others.total() // 2:
        others &= _known(payload, change.number, payload.documents[change.number].text)
    gone, of = (others - left).total(), others.total()
    if of >= FEWEST and gone > of // 2:
        call = payload.documents[change.number].call
        return Found(case, "lost to one bad object", f"{payload.source.type}, {call}", f"{what}: {gone} of {of} events")
    return None


def _changed(documents: tuple[Document, ...], rng: random.Random) -> _Change | None:
    """None if no document that was drawn has a list of objects."""
    number = rng.randrange(len(documents))
    try:
        body = json.loads(documents[number].text)
    except ValueError:
        return None
    whole = [body]
    lists = [at[key] for at, key in places(whole) if _is_list(at[key])]
    if not lists:
        return None
    of = rng.choice(lists)
    place = rng.randrange(len(of))
    at, key = rng.choice(places(of[place]))
    old = at[key]
    at[key] = rng.choice((*SPOILT, _deep()))
    new, spoilt = at[key], json.dumps(whole[0])
    del of[place]
    what = f"{documents[number].call}: {key!r} of object {place}: {old!r:.60} becomes {new!r:.60}"
    return _Change(number, spoilt, json.dumps(whole[0]), what)


def _is_list(value: object) -> bool:
    return isinstance(value, list) and len(value) > 1 and all(isinstance(one, dict | list) and one for one in value)


def _deep() -> Any:
    value: Any = "x"
    for _ in range(_DEEP):
        value = [value]
    return value


def _known(payload: Payload, number: int, text: str) -> "Counter[tuple[object, ...]]":
    documents = list(payload.documents)
    documents[number] = replace(documents[number], text=text, content=None)
    return Counter(map(_about, read(payload, documents)[0]))


def _about(event: Event) -> tuple[object, ...]:
    """What happened, and when: not the words, nor what the object may add to those of others."""
    return event.kind, event.at
