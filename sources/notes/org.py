"""Time stamps of Emacs' Org mode, `<2026-04-01 Wed 14:12>`, as times at the beginning of a line."""

from collections.abc import Sequence

from collector.lazy_pattern import lazy_pattern

_STAMP = (
    # Without the weekday, `[2026-04-01 14:12] Maria` is of a chat.
    r"[<\[](?P<day>[0-9]{4}-[0-9]{2}-[0-9]{2})\s[^\W\d_]{1,12}\.?\s(?P<clock>[0-9]{1,2}:[0-9]{2})"
    r"(?P<span>-[0-9]{1,2}:[0-9]{2})?[>\]]"
)
_END = r"(?:--?[<\[][0-9-]{10}(?:\s[^\W\d_]{1,12}\.?)?\s(?P<end>[0-9]{1,2}:[0-9]{2})[>\]])?"
_DRAWER = lazy_pattern(r"\s*:[A-Z]{2,20}:\s*")
_FIRST = lazy_pattern(rf"(?P<marks>\s*(?:[*+-]+\s+)?){_STAMP}{_END}(?P<rest>.*)")
_LOGGED = lazy_pattern(
    rf"(?P<marks>\s*(?:-\s+)?)(?P<before>Note\staken\son|State\s\"[^\"]*\"(?:\s+from(?:\s+\"[^\"]*\")?)?|CLOSED:)\s+{_STAMP}\s*(?:\\\\)?(?P<rest>.*)"
)
_HEADING = lazy_pattern(r"\*+\s+\S.*")


def with_org_times_first(lines: Sequence[str]) -> list[str]:
    """The same number of lines; a stamp alone in its line is moved to the heading above it."""
    found = list(lines)
    for at, line in enumerate(lines):
        if _DRAWER.fullmatch(line):
            found[at] = ""
        if not ("<" in line or "[" in line):
            continue
        first = _FIRST.fullmatch(line)
        logged = _LOGGED.fullmatch(line) if first is None else None
        match = first or logged
        if match is None:
            continue
        when = f"{match['day']} {match['clock']}"
        until = (match["span"] or "")[1:] or (first["end"] if first is not None else "")
        span = f" (until {until})" if until else ""
        if logged is not None:
            before = "" if logged["before"].startswith("Note") else f" {logged['before']}"
            found[at] = f"- {when}{before}{span} {logged['rest'].strip()}".rstrip()
        elif match["rest"].strip():
            found[at] = f"{match['marks']}{when}{span} {match['rest'].strip()}"
        elif at and _HEADING.fullmatch(found[at - 1]):
            found[at - 1], found[at] = f"* {when}{span} {found[at - 1].lstrip('* ')}", ""
    return found
