"""A postmortem as its readers see it."""

from typing import Any

from collector.postmortem.lines import without_spans
from collector.postmortem.page import Page, page

TABLE = "| A | B |\n|---|---|\n| 1 | 2 |\n\n"


def test_tables_have_the_lines_of_the_page() -> None:
    read = page(f"# One\n\n{TABLE}text\n\n## Two\n\n{TABLE}{TABLE}")
    found = [table for section in read.sections for table in read.tables(section)]
    assert [(table.start, table.end) for table in found] == [(2, 5), (10, 13), (14, 17)]
    assert all(read.lines[table.start] == "| A | B |" for table in found)


def test_the_lines_of_a_section_with_many_tables_are_cut_once() -> None:
    copied = 0

    class Lines(tuple[str, ...]):
        __slots__ = ()

        def __getitem__(self, at: Any) -> Any:
            nonlocal copied
            cut = super().__getitem__(at)
            copied += len(cut) if isinstance(at, slice) else 0
            return cut

    read = page(TABLE * 200)
    counted = Page(Lines(read.lines), read.sections)
    (section,) = counted.sections
    assert len(list(counted.tables(section))) == 200
    assert copied <= 2 * len(read.lines)


def test_only_what_neither_continues_a_paragraph_nor_a_list_item_is_indented_code() -> None:
    text = (
        "# One\n\n    code\n\ntext\n    goes on\n\n- item\n    goes on\n\n    its second paragraph\n\n        code\n\n"
    )
    text += "end\n\n    code\n"
    shown = [line.strip() for line in page(text).lines if line.strip()]
    assert shown == ["# One", "text", "goes on", "- item", "goes on", "its second paragraph", "end"]


def test_the_end_of_a_span_is_no_offset_from_utc() -> None:
    assert without_spans("10:00-17:00 and 9:05-09:10") == "10:00\u201317:00 and 9:05\u201309:10"
    for text in ("10:00-05:00", "2026-04-01T02:00-05:00", "02:00:30-05:00", "14:00+02:00"):
        assert without_spans(text) == text
