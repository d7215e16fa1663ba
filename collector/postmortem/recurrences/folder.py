"""Reads all postmortems of a folder and its subfolders."""

import os
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from collector.errors import UsageError
from collector.postmortem.recurrences.read import read_postmortem
from collector.postmortem.recurrences.report import Postmortem, Unread
from collector.postmortem.recurrences.several import postmortems_in

_MARKDOWN = frozenset({".md", ".markdown", ".mdown", ".mkd", ".mdx"})
_MOST = 8 * 2**20


class Library(Struct, frozen=True):
    """The postmortems of a folder."""

    postmortems: tuple[Postmortem, ...]
    unread: tuple[Unread, ...]
    """Everything that could not be read, in postmortems and in other files."""


def read_folder(folder: Path) -> Library:
    """The postmortems by date, those without a date last. Hidden files and folders are skipped.

    Raises UsageError if the folder cannot be read, or has no Markdown file.
    """
    if not folder.is_dir():
        raise UsageError(f"recurrences {folder}: is no folder; name the one with the postmortems")
    found: list[Postmortem] = []
    unread: list[Unread] = []
    markdown = 0
    for path in _files(folder, unread):
        name = path.relative_to(folder).as_posix()
        if path.suffix.casefold() not in _MARKDOWN:
            unread.append(Unread(name, 0, "is no Markdown file"))
            continue
        markdown += 1
        text = _text(path, name, unread)
        if text is not None:
            for piece in postmortems_in(text):
                made, more = read_postmortem(piece.text, name)
                unread += more
                found += [replace(made, file=f"{name}:{piece.line}" if piece.line else name)] if made else []
    if not markdown:
        raise UsageError(f"recurrences {folder}: has no Markdown file; name the folder with the postmortems")
    ordered = sorted(found, key=lambda each: (each.date is None, str(each.date), each.file))
    return Library(tuple(ordered), tuple(sorted(unread)))


def _files(folder: Path, unread: list[Unread]) -> Iterator[Path]:
    def fail(error: OSError) -> None:
        name = Path(error.filename or folder)
        inside = name.relative_to(folder).as_posix() if name.is_relative_to(folder) else str(name)
        unread.append(Unread(inside, 0, f"cannot be read ({error.strerror})"))

    for place, folders, files in os.walk(folder, onerror=fail):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        unread += [
            Unread(
                (Path(place, name).relative_to(folder)).as_posix(), 0, "is a link to a folder, which is not followed"
            )
            for name in folders
            if Path(place, name).is_symlink()
        ]
        yield from (Path(place, name) for name in sorted(files) if not name.startswith("."))


def _text(path: Path, name: str, unread: list[Unread]) -> str | None:
    try:
        if not path.is_file():
            reason = "is no regular file"
        elif path.stat().st_size > _MOST:
            reason = f"is larger than {_MOST >> 20} MiB"
        else:
            return path.read_bytes().decode()
    except UnicodeDecodeError:
        reason = "is not in UTF-8; save it as UTF-8"
    except OSError as error:
        reason = f"cannot be read ({error.strerror or type(error).__name__})"
    unread.append(Unread(name, 0, reason))
    return None
