"""The blocks of README and docs: commands, configurations and everything else that readers copy."""

import re
from collections.abc import Iterator

from msgspec import Struct

from tests.servers.process import ROOT

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
_DEMO = re.compile(r"<!-- demo -->.*?<!-- /demo -->", re.DOTALL)
_FENCED = re.compile(r"^```([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_INDENTED = re.compile(r"(?<=\n\n)((?: {4}.*\n)+)")
_INLINE = re.compile(r"`((?:pm-timeline|make|pip|pipx|uv) [^`]*)`")


class Block(Struct, frozen=True):
    """A block of code, or a command inside of a sentence."""

    page: str
    language: str
    """As the fence has it; empty for an indented block or a command in a sentence."""
    text: str

    @property
    def id(self) -> str:
        first = next((line.strip() for line in self.text.splitlines() if line.strip()), "")
        return f"{self.page}: {first[:60]}"

    @property
    def commands(self) -> list[str]:
        """Its lines without comments, if they are commands."""
        lines = [re.sub(r"\s+# .*", "", line.strip()) for line in self.text.splitlines() if line.strip()]
        return [line for line in lines if line.split()[0] in ("pm-timeline", "make", "pip", "pipx", "uv")]


def blocks() -> Iterator[Block]:
    """Every block of every page, but for what the demo prints, which a test of its own compares."""
    for path in PAGES:
        page = path.relative_to(ROOT).as_posix()
        text = _DEMO.sub("", path.read_text())
        for language, inside in _FENCED.findall(text):
            yield Block(page, language, inside)
        rest = _FENCED.sub("", text)
        for inside in _INDENTED.findall(rest):
            yield Block(page, "", inside)
        for command in dict.fromkeys(_INLINE.findall(_INDENTED.sub("", rest))):
            yield Block(page, "", command)
