"""Documents with a timeline, evidence that grows and shrinks, and people who edit."""

from datetime import UTC, datetime, timedelta

from collector.postmortem.document import blocks, updated, with_block
from collector.postmortem.generated import Generated, GeneratedRow
from collector.postmortem.lines import split
from collector.postmortem.table import Table, find, lines_of
from collector.window import Window

START = datetime(2026, 4, 1, 14, tzinfo=UTC)
WINDOW = Window(START, START + timedelta(hours=1))
SETTINGS = {"from": ("2026-04-01T14:00:00Z",), "to": ("2026-04-01T15:00:00Z",), "tz": ("UTC",)}
COLUMNS = ("Time", "Event", "Evidence")


def generated_row(number: int, minute: int, text: str, *, linked: bool = True) -> GeneratedRow:
    link = f"[{number}][e{number:08x}]" if linked else "note"
    return GeneratedRow(f"{number:012x}", (f"14:{minute:02}", text, link))


def generated(*rows: GeneratedRow) -> Generated:
    ordered = sorted(rows, key=lambda row: (row.cells[0], row.id))
    links = {row.cells[2][-10:-1]: f"https://ci.example/{row.id}" for row in ordered if "][" in row.cells[2]}
    items = [f"{at}. {row.cells[0]}:00 [{at}][e{int(row.id, 16):08x}] (github): run" for at, row in enumerate(ordered)]
    return Generated(
        caption="**2026-04-01, 14:00 to 15:00 UTC**",
        columns=COLUMNS,
        rows=tuple(ordered),
        nothing="The sources saw nothing in this window that belongs in the table.",
        phases=f"Started {ordered[0].cells[0]}" if ordered else "",
        below=("<details>", "<summary>Evidence</summary>", "", *items, "", "</details>"),
        references=links,
    )


def update(text: str, made: Generated) -> str:
    """The document with its one timeline refreshed, or with a new one."""
    text = text if blocks(text) else with_block(text, SETTINGS)
    (block,) = blocks(text)
    return updated(text, block, SETTINGS, made, WINDOW)


def table(text: str) -> Table:
    found = find([line.rstrip("\r\n") for line in split(text)], blocks(text)[0].start)
    assert found is not None
    return found


def rows(text: str) -> list[tuple[str, ...]]:
    return list(table(text).rows)


def with_table(text: str, columns: tuple[str, ...], new: list[tuple[str, ...]]) -> str:
    """The document after somebody edited the table."""
    lines, old = split(text), table(text)
    end = "\r\n" if lines[old.start].endswith("\r\n") else "\n"
    marks = (*old.marks, *["---"] * (len(columns) - len(old.marks)))[: len(columns)]
    edited = [f"{line}{end}" for line in lines_of(columns, new, marks)]
    return "".join([*lines[: old.start], *edited, *lines[old.end :]])
