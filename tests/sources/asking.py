"""A source that asks a server over HTTP, and what came of it, live and replayed."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from msgspec import Struct, field

from collector.gather import Gathered, gather
from collector.secrets import Scrubber
from collector.source import Document, Gap, Source
from sources.registry import adapter
from tests.collector.build import WINDOW
from tests.sources.examples import settings_at
from tests.sources.playing import in_cbor
from tests.sources.prometheus.server import Reply, Server

TOKEN = "canary/7f&4c<91>+'x"
JSON = {"Content-Type": "application/json"}
SECONDS = 20.0


class Outcome(Struct):
    """What came of asking a server once."""

    gathered: Gathered
    kept: list[Document | Gap]
    slept: float
    took: float
    requests: list[str] = field(default_factory=list)

    @property
    def gaps(self) -> list[Gap]:
        return list(self.gathered.coverage[0].gaps)

    @property
    def documents(self) -> list[Document]:
        return [one for one in self.kept if isinstance(one, Document)]

    def words(self) -> str:
        """Everything that is shown or kept of it."""
        shown = [f"{gap.reason} ({gap.hint})" for gap in self.gaps]
        return "\n".join([*shown, *(f"{one.asked}\n{one.text}" for one in self.documents)])


def asked(
    type_: str, reply: Callable[[str, Mapping[str, str]], Reply], folder: Path, seconds: float = SECONDS
) -> Outcome:
    """Ask a server that replies so, and check that a replay of what is kept gives the same."""
    slept: list[float] = []

    def source() -> Source:
        made = adapter(type_)
        settings = settings_at(type_, server.url, folder, TOKEN)
        return made(type_, made.Settings.model_validate({"timeout": 5.0, "deadline": seconds, **settings}), scrubber)

    kept: list[Document | Gap] = []
    scrubber = Scrubber()
    with posted(reply) as server:
        live = source()
        if hasattr(live, "_sleep"):
            live._sleep = slept.append
        began = time.monotonic()
        gathered = gather(
            [live], WINDOW, lambda one, deadline: one.fetch(WINDOW, deadline), scrubber, lambda _, one: kept.append(one)
        )
        took = time.monotonic() - began
        requests = [path for path, _ in server.asked]
        again = gather([source()], WINDOW, lambda *_: iter(kept), Scrubber(), deadlines=False)
    assert repr(again) == repr(gathered), "a replay gives something else"
    return Outcome(gathered, kept, sum(slept), took, requests)


@contextmanager
def posted(reply: Callable[[str, Mapping[str, str]], Reply]) -> Iterator[Server]:
    """A server that answers POST, as AWS is asked, like GET, and in CBOR where AWS is asked in it."""
    with Server(lambda path, headers: in_cbor(reply(path, dict(headers.items())), headers)) as server:
        handler: Any = server._http.RequestHandlerClass
        handler.do_POST = handler.do_GET
        yield server
