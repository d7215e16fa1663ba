"""Text from outside as Markdown that renders as exactly that text."""

import re

from cli.render.clean import one_line

_PUNCTUATION = r"!-/:-@\[-`{-~"
_SPECIAL = re.compile(
    rf"""
      [`*~\[\]|]
    | \\(?=[{_PUNCTUATION}]|$)            # an escape; a backslash before anything else is itself
    | <(?=[A-Za-z/!?])                    # HTML and autolinks
    | &(?=\#?\w+;)                       # entities
    | (?<![A-Za-z0-9])_ | _(?![A-Za-z0-9])  # emphasis; within words an underscore is itself
    """,
    re.VERBOSE,
)
_ENTITY = re.compile(r"&(?=#?\w+;)")
# GitHub looks for these after it has dealt with escapes and entities, so that only code is left alone
# (github/cmark-gfm#181): URLs, mail addresses and mentions, references to issues, formulas between dollars, and
# names of emoji, of which these two are numbers alone: `12:30:45` is a time.
_EMOJI = r":(?:(?=[+\-_0-9]*[a-z])[a-z0-9_+-]+|[+-]1|100|1234):"
_REFERENCE = re.compile(rf"://|www\.|@\w|#\d|\bGH-\d|\$|{_EMOJI}", re.IGNORECASE)
_TRIGGER = re.compile(r"((?:[@#$]|:(?=//|[a-z0-9_+-]+:)|(?<=www)\.|(?<=gh)-)+)", re.IGNORECASE)
_BLOCK = re.compile(r"([0-9]{1,9}(?=[.)](?:\s|$)))?(?=[-+#>=.)])")


def escape(text: str, *, linked: bool = False) -> str:
    """Inline Markdown for a table cell that renders as exactly `text`, creates no links and notifies nobody.

    Text within a link (`linked`) is not linked again, so it is only escaped and never put into code.
    """
    if linked:
        return _escaped(one_line(text))
    return " ".join(_word(word) for word in one_line(text).split(" "))


def _word(word: str) -> str:
    if not _REFERENCE.search(word):
        return _escaped(word)
    if "|" in word:
        return code(word)
    rest = word.lstrip("([\"'{<")
    core = rest.rstrip(")]\"'}>.,;:!?")
    return _escaped(word[: -len(rest)]) + code(core) + _escaped(rest[len(core) :])


def _escaped(text: str) -> str:
    return _SPECIAL.sub(r"\\\g<0>", text)


def code(text: str) -> str:
    """`text` as code. With a pipe only parts of it, because a pipe in code is escaped in tables but not elsewhere."""
    if "|" in text:
        parts = _TRIGGER.split(text)
        return "".join(f"`{part}`" if index % 2 else _escaped(part) for index, part in enumerate(parts))
    return fenced(text)


def fenced(text: str) -> str:
    """`text` as code; not for table cells, where a pipe in code would need an escape."""
    fence = "`" * (max((len(run) for run in re.findall("`+", text)), default=0) + 1)
    space = " " if "`" in (text[:1], text[-1:]) else ""
    return f"{fence}{space}{text}{space}{fence}"


def item(text: str) -> str:
    """A paragraph, or an item of a list; what would begin a block of its own is escaped."""
    text = escape(text)
    block = _BLOCK.match(text)
    return f"{text[: block.end()]}\\{text[block.end() :]}" if block else text


def target(url: str) -> str:
    """A URL that `page` made safe, escaped as the target of a link."""
    return _ENTITY.sub("&amp;", url.replace("(", "%28").replace(")", "%29"))
