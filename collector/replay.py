"""Reads an evidence bundle as hostile input: only the files that its manifest lists, within fixed limits of size."""

import hashlib
import json
import re
import threading
import zipfile
import zlib
from collections.abc import Iterator
from datetime import UTC
from pathlib import Path
from typing import IO

from pydantic import ValidationError

from collector.errors import BundleError
from collector.manifest import FORMAT, MANIFEST, Manifest
from collector.source import Document, Gap

MAX_DOCUMENT = 256 * 2**20
MAX_MANIFEST = 32 * 2**20
MAX_TOTAL = 4 * 2**30
_MAX_RATIO = 200
"""A large document with a higher compression ratio is a zip bomb; answers of APIs stay below 60."""
_LARGE = 8 * 2**20
_SMALL = 16 * 2**20
"""A bundle that unpacks to less is read once: its documents are kept from `verify` until they are asked for."""


class BundleReader:
    """An opened bundle. Raises BundleError for everything that is wrong with it."""

    def __init__(self, path: Path, argument: str = "bundle") -> None:
        """Open the zip or the folder at `path` and read its manifest.

        Its errors begin with `argument`, the option or parameter that named the bundle.
        """
        self.path = path
        self._argument = argument
        self._total = 0
        self._verified: dict[str, list[Document | Gap]] = {}
        self._packed: zipfile.ZipFile | None = None
        self._opening = threading.Lock()
        self.manifest = self._manifest()

    def documents(self, name: str) -> Iterator[Document | Gap]:
        """What the source `name` gave when it was captured: its documents in order, then its gaps."""
        verified = self._verified.pop(name, None)
        if verified is not None:
            yield from verified
            return
        source = next((source for source in self.manifest.sources if source.name == name), None)
        if source is None:
            return
        for stored in source.documents:
            body = self._bytes(stored.file, MAX_DOCUMENT)
            if hashlib.sha256(body).hexdigest() != stored.sha256:
                raise self._error(f"{stored.file} is not what was captured (its checksum differs)")
            try:
                text = body.decode("utf-8", "surrogatepass")
            except UnicodeDecodeError:
                raise self._error(f"{stored.file} is not UTF-8 text; capture it again") from None
            yield Document(call=stored.call, asked=stored.asked, at=stored.at.astimezone(UTC), text=text)
        for gap in source.gaps:
            yield Gap(gap.reason, gap.hint, gap.fatal)

    def verify(self) -> None:
        """Read every document once, so that a damaged bundle is refused before a table is made from half of it."""
        for source in self.manifest.sources:
            # What goes beyond is read all the same.
            found = [each for each in self.documents(source.name) if self._total <= _SMALL]
            if self._total <= _SMALL:
                self._verified[source.name] = found
        self._total = 0

    def _manifest(self) -> Manifest:
        body = self._bytes(MANIFEST, MAX_MANIFEST)
        try:
            decoded = json.loads(body)
        except (ValueError, RecursionError):
            raise self._error("its manifest is not valid JSON; capture it again") from None
        made = decoded.get("format") if isinstance(decoded, dict) else None
        if made != FORMAT:
            if isinstance(made, str) and re.fullmatch(r"pm-timeline-bundle/[0-9]{1,9}", made):
                raise self._error(f"its format is {made}, this version reads {FORMAT}; upgrade pm-timeline")
            raise self._error("it is not a bundle of pm-timeline")
        try:
            return Manifest.model_validate(decoded)
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(str(part) for part in first["loc"])
            why = first["msg"].removeprefix("Value error, ")
            raise self._error(f"its manifest is wrong at {where}: {why}") from None

    def _bytes(self, name: str, limit: int) -> bytes:
        try:
            body = self._from_folder(name, limit) if self.path.is_dir() else self._from_zip(self._zip(), name, limit)
        except FileNotFoundError:
            missing = "no such file" if not self.path.exists() else f"{name} is missing from it"
            raise self._error(missing) from None
        except KeyError:
            raise self._error(f"{name} is missing from it") from None
        # The zip module raises NotImplementedError for compressions it does not know, RuntimeError for passwords.
        except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError, ValueError, zlib.error):
            raise self._error("it is damaged or no zip; capture or copy it again") from None
        except OSError as error:
            raise self._error(f"cannot be read ({error.strerror})") from None
        self._total += len(body)
        if self._total > MAX_TOTAL:
            raise self._error(f"it unpacks to more than {MAX_TOTAL >> 30} GiB; it is refused")
        return body

    def _zip(self) -> zipfile.ZipFile:
        """The zip, opened once, because its directory grows with the number of documents."""
        with self._opening:
            if self._packed is None:
                if self.path.exists() and not self.path.is_file():
                    # Opening a pipe blocks until somebody writes to it, and a zip is read from its end.
                    raise self._error("is a pipe or a device; name a file or a folder")
                self._packed = zipfile.ZipFile(self.path)
            return self._packed

    def _from_folder(self, name: str, limit: int) -> bytes:
        file = (self.path / name).resolve()
        if not file.is_relative_to(self.path.resolve()):
            raise self._error(f"{name} points outside of it; it is refused")
        with file.open("rb") as opened:
            return self._limited(opened, name, limit)

    def _from_zip(self, packed: zipfile.ZipFile, name: str, limit: int) -> bytes:
        entry = packed.getinfo(name)
        if entry.file_size > _LARGE and entry.file_size > _MAX_RATIO * max(1, entry.compress_size):
            raise self._error(f"{name} is compressed more than {_MAX_RATIO} times, as in a zip bomb; it is refused")
        with packed.open(entry) as opened:
            return self._limited(opened, name, limit)

    def _limited(self, opened: IO[bytes], name: str, limit: int) -> bytes:
        body = opened.read(limit + 1)
        if len(body) > limit:
            raise self._error(f"{name} is larger than {limit >> 20} MiB; it is refused")
        return body

    def _error(self, problem: str) -> BundleError:
        return BundleError(f"{self._argument} {self.path}: {problem}")
