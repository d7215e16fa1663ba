"""One case: changes a payload, reads it, and draws the timeline as JSON and in one more format."""

import json
import random
import re
import time
import traceback

from msgspec import Struct
from msgspec.structs import replace

from cli.render.formats import FORMATS, rendered
from cli.render.look import Look
from collector.coverage import Coverage
from collector.event import Event
from collector.gather import Gathered
from collector.source import BadAnswer, Document, Gap, Seen, SourceError
from collector.timeline import Scope, draft
from tests.fuzz.mutate import mutate, places
from tests.fuzz.payloads import Payload
from tests.servers.process import ROOT

ACTS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")
"""What a terminal or browser obeys instead of showing it."""
HANG = 1.0
_TEXTS = tuple(name for name, form in FORMATS.items() if form.text)
_MANY = 8
"""Objects in a list of which one may be spoilt without harm to the others."""


class Base(Struct, frozen=True):
    """What comes of a payload as it is."""

    payload: Payload
    events: int
    seconds: float


class Found(Struct, frozen=True):
    """What is wrong in one case."""

    case: int
    kind: str
    """`crash`, `lost`, `lost to one bad object`, `hang`, `growth` or `harm`."""
    where: str
    """The same for cases with one cause."""
    what: str
    """The payload, and what was done to it."""


def base(payload: Payload) -> Base:
    """Raises whatever reading raises: nothing was changed yet."""
    began = time.thread_time()
    events = read(payload, payload.documents)[0]
    _drawn(payload, events, (), _TEXTS)
    return Base(payload, len(events), time.thread_time() - began)


def play(base: Base, case: int, seed: int) -> Found | None:
    """Play this case; what it found."""
    rng = random.Random(f"{seed}/{case}")
    documents, done, single = _changed(base.payload.documents, rng)
    what = f"{base.payload.name}: {'; '.join(done)}"
    began = time.thread_time()
    try:
        events, gaps = read(base.payload, documents)
        counted = f"{what}: {len(events)} events instead of {base.events}"
        if len(events) > 500 + 10 * base.events:
            return Found(case, "growth", base.payload.source.type, counted)
        # Drawing takes most of the time: each case draws two formats, and all cases together draw every one.
        if harm := _drawn(base.payload, events, gaps, ("json", rng.choice(_TEXTS))):
            return Found(case, "harm", f"{base.payload.source.type}: {harm}", what)
    except Exception as error:  # noqa: BLE001 - this is what is looked for
        return Found(case, "crash", caused_by(error), what)
    took = time.thread_time() - began
    if took > HANG + 5 * base.seconds:
        return Found(case, "hang", base.payload.source.type, f"{what}: {took:.1f} s instead of {base.seconds:.1f} s")
    if single and len(events) < base.events // 2:
        return Found(case, "lost", base.payload.source.type, counted)
    return None


def _changed(documents: tuple[Document, ...], rng: random.Random) -> tuple[list[Document], list[str], bool]:
    """The documents, what was done to them, and whether only one object of many was."""
    changed = list(documents)
    single = rng.random() < 0.4
    done = []
    for _ in range(1 if single else rng.choice((1, 1, 2, 5))):
        number = rng.randrange(len(changed))
        text = changed[number].text
        try:
            body = json.loads(text)
        except ValueError:
            text, words = _changed_text(text, rng)
            single = False
        else:
            lists = [at[key] for at, key in places(body) if _is_list_of_many(at[key])]
            single = single and bool(lists)
            # Not the object's own place in the list: it stays an object.
            words = mutate(rng.choice(rng.choice(lists)), rng) if single else mutate(body, rng)
            text = json.dumps(body)
        changed[number] = replace(changed[number], text=text)
        done.append(f"{changed[number].call}: {words}")
    return changed, done, single


def _changed_text(text: str, rng: random.Random) -> tuple[str, str]:
    lines = text.split("\n")
    number = rng.randrange(len(lines))
    lines[number] = rng.choice(
        ("", lines[number][::-1], lines[number] * 2, lines[number].replace(":", "\x1b"), "\ud800")
    )
    return "\n".join(lines), f"line {number + 1}"


def _is_list_of_many(value: object) -> bool:
    return isinstance(value, list) and len(value) >= _MANY and all(isinstance(each, dict) and each for each in value)


def read(payload: Payload, documents: "list[Document] | tuple[Document, ...]") -> tuple[list[Event], list[Gap]]:
    """What comes of these documents. Raises whatever reading raises but that they are no answer at all."""
    events: list[Event] = []
    gaps: list[Gap] = []
    try:
        for found in payload.source.read(iter(documents), payload.window):
            if isinstance(found, Event):
                events.append(found)
            elif isinstance(found, Gap):
                gaps.append(found)
            else:
                assert not isinstance(found, Seen) or found.start <= found.end
    except BadAnswer as error:
        gaps.append(Gap(error.reason, error.hint, fatal=True))
    except SourceError as error:
        raise AssertionError("reading asks nobody") from error
    return events, gaps


def _drawn(payload: Payload, events: list[Event], gaps: "list[Gap] | tuple[Gap, ...]", formats: tuple[str, ...]) -> str:
    """Draw it in these formats; what could do harm in one. One of them is JSON."""
    coverage = Coverage(payload.source.name, payload.source.type, ("x",), len(events), tuple(gaps), failed=False)
    timeline = draft(Gathered(tuple(events), (coverage,)), payload.window, Scope(full=True))
    shown = {name: rendered(timeline, name, Look(plots=True)) for name in formats}
    json.loads(shown["json"])
    for name, text in shown.items():
        if found := ACTS.search(text.replace("\r\n", "\n")):
            return f"{name} has {found[0]!r}"
    return ""


def caused_by(error: Exception) -> str:
    """The same for two errors with one cause: its type, and the last line of ours that it came from."""
    ours = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename.startswith(str(ROOT))]
    last = next((frame for frame in reversed(ours) if "/.venv/" not in frame.filename), ours[-1])
    path = last.filename.removeprefix(f"{ROOT}/")
    return f"{type(error).__name__} at {path}:{last.lineno}: {str(error)[:150]!r}"
