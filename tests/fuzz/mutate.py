"""Changes to decoded JSON, each as an answer of a broken, strange or hostile system could have it."""

import json
import random
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

STAMP = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d")
NUMBERS = (0, -1, 1, 2**31, 2**53, 2**63, 10**15, 10**18, 10**40, -(10**15), 1e15, 1e308, -1e308, 5e-324, 0.5, True)
TIMES = (
    "0001-01-01T00:00:00Z",
    "1970-01-01T00:00:00Z",
    "9999-12-31T23:59:59.999999999Z",
    "2026-02-30T00:00:00Z",
    "2026-04-01T24:00:00Z",
    "2026-04-01T14:00:00",
    "2026-04-01T14:00:00+99:99",
    "2199-12-31T23:59:59Z",
    "2000-01-01T00:00:00Z",
)
TEXTS = (
    "",
    " ",
    "/",
    ":",
    "@",
    "-",
    "NaN",
    "Inf",
    "-Inf",
    "1e999",
    "0x1F",
    "\u0661\u0662",
    "1" * 5000,
    "a" * 100_000,
    "a/" * 20_000,
    "\x1b[31mred\x1b]8;;http://x\x07",
    "\u202eevil\u202c",
    "\ud800",
    "a\x00b",
    "line\r\nline\u2028line",
    "|`<script>alert(1)</script>[x](javascript:1)|",
    "=HYPERLINK(1)",
    "{{.}}{%s}%n$1\\1",
    "sha256:" + "0" * 64,
    "http://[::1",
    "https://user:pw@host:99999/",
)
OTHERS: tuple[Any, ...] = (None, {}, [], [None], {"": None}, 0, 1.5, True, "x", [[[]]], [{}], {"a": {"b": []}})
SHIFTS = (-1, 1, 0.001, -0.5, 60, -3600, 86_400, -31_536_000, 315_360_000)
Place = tuple[Any, Any]
"""An object or a list, and a key or an index of it."""


def places(value: Any) -> list[Place]:
    """Every place in it, also in JSON that is a text within."""
    found: list[Place] = []
    rest = [value]
    while rest:
        at = rest.pop()
        keys = list(at) if isinstance(at, dict) else range(len(at)) if isinstance(at, list) else ()
        for key in keys:
            found.append((at, key))
            if isinstance(at[key], dict | list):
                rest.append(at[key])
    return found


def mutate(value: Any, rng: random.Random) -> str:
    """Change one place of `value` itself; what was done, in words."""
    every = places(value)
    if not every:
        return "nothing"
    at, key = rng.choice(every)
    old = at[key]
    if isinstance(old, str) and old[:1] in "{[" and rng.random() < 0.8:
        inner = _decoded(old)
        if isinstance(inner, dict | list):
            done = mutate(inner, rng)
            at[key] = json.dumps(inner)
            return f"within a text: {done}"
    change = rng.choice(_CHANGES)
    change(at, key, rng, every)
    return f"{change.__name__.strip('_')} at {key!r}"


def _decoded(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None


def _drop(at: Any, key: Any, rng: random.Random, every: list[Place]) -> None:
    del at[key]


def _retype(at: Any, key: Any, rng: random.Random, every: list[Place]) -> None:
    at[key] = rng.choice(OTHERS)


def _number(at: Any, key: Any, rng: random.Random, every: list[Place]) -> None:
    number = rng.choice(NUMBERS)
    at[key] = str(number) if isinstance(at[key], str) else number


def _time(at: Any, key: Any, rng: random.Random, every: list[Place]) -> None:
    times = [place for place in every if _is_time(place[0][place[1]])]
    if times:
        at, key = rng.choice(times)
    old = at[key]
    if isinstance(old, str) and STAMP.match(old) and rng.random() < 0.6:
        at[key] = _shifted(old, rng.choice(SHIFTS))
    elif isinstance(old, int | float) and not isinstance(old, bool) and rng.random() < 0.6:
        at[key] = old + rng.choice(SHIFTS)
    else:
        at[key] = rng.choice(TIMES)


def _other_time(at: Any, key: Any, rng: random.Random, every: list[Place]) -> None:
    """Two things at one instant, or in another order than they can have happened in."""
    times = [place for place in every if _is_time(place[0][place[1]])]
    if len(times) > 1:
        (one, name), (other, its) = rng.sample(times, 2)
        one[name] = other[its]


def _text(at: Any, key: Any, rng: random.Random, every: list[Place]) -> None:
    at[key] = rng.choice(TEXTS)


def _digits(at: Any, key: Any, rng: random.Random, every: list[Place]) -> None:
    """A number within a text: a message that counts, a version, a port."""
    texts = [place for place in every if isinstance(place[0][place[1]], str) and re.search(r"\d", place[0][place[1]])]
    if texts:
        at, key = rng.choice(texts)
        found = rng.choice(list(re.finditer(r"\d+", at[key])))
        digits = rng.choice(("", "-1", "0", "9" * 20, "9" * 5000, "\u0663", "1e9"))
        at[key] = at[key][: found.start()] + digits + at[key][found.end() :]


def _other_value(at: Any, key: Any, rng: random.Random, every: list[Place]) -> None:
    """A value of another place that has the same name: two pods of one name, owners of each other."""
    same = [place for place in every if place[1] == key] or every
    other, its = rng.choice(same)
    at[key] = json.loads(json.dumps(other[its]))


def _key(at: Any, key: Any, rng: random.Random, every: list[Place]) -> None:
    if isinstance(at, dict):
        at[rng.choice((*TEXTS[:12], rng.choice(every)[1]))] = at.pop(key)


def _repeat(at: Any, key: Any, rng: random.Random, every: list[Place]) -> None:
    if isinstance(at, list):
        at[key:key] = [at[key]] * rng.choice((1, 2, 50))


def _shuffle(at: Any, key: Any, rng: random.Random, every: list[Place]) -> None:
    if isinstance(at, list):
        rng.shuffle(at)


def _nest(at: Any, key: Any, rng: random.Random, every: list[Place]) -> None:
    for _ in range(rng.choice((1, 2, 200))):
        at[key] = rng.choice(([at[key]], {"a": at[key]}))


_CHANGES: tuple[Callable[[Any, Any, random.Random, list[Place]], None], ...] = (
    _drop,
    _retype,
    _number,
    _time,
    _time,
    _other_time,
    _other_time,
    _text,
    _digits,
    _other_value,
    _key,
    _repeat,
    _shuffle,
    _nest,
)


def _is_time(value: Any) -> bool:
    if isinstance(value, str):
        return bool(STAMP.match(value))
    return isinstance(value, int | float) and not isinstance(value, bool) and value > 1e9


def _shifted(stamp: str, seconds: float) -> str:
    head, tail = stamp[:19], stamp[19:]
    try:
        return (datetime.fromisoformat(head) + timedelta(seconds=seconds)).isoformat() + tail.lstrip(".0123456789")
    except (ValueError, OverflowError):
        return stamp
