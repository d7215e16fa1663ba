"""A postmortem as its readers see it."""

from typing import Any

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
