"""Writes an evidence bundle."""

import errno
import hashlib
import tempfile
import zipfile
from pathlib import Path

from collector.errors import BundleError
from collector.manifest import MANIFEST, Manifest, StoredDocument, StoredGap
from collector.source import Document, Gap

_EPOCH = (1980, 1, 1, 0, 0, 0)


class BundleWriter:
    """Collects the documents of a run in a temporary folder and packs them at the end.

    `keep` may be called from several threads, but only from one for each source.
    """

    def __init__(self, path: Path, argument: str = "capture", *, force: bool = False) -> None:
        """Nothing is written to `path` before `close`. Raises BundleError if it cannot be written, or exists.

        Only with `force` is an existing file replaced.

        Errors begin with `argument`, the option or parameter that named the file.
        """
        self.path = path
        self._force = force
        self._argument = argument
        self._documents: dict[str, list[StoredDocument]] = {}
        self._gaps: dict[str, list[StoredGap]] = {}
        self._trouble: OSError | None = None
        if path.is_symlink() or (path.exists() and not path.is_file()):
            raise BundleError(f"{argument} {path}: is no file that can be replaced; name another")
        if path.exists() and not force:
            raise BundleError(f"{argument} {path}: exists already; name another file, or replace it with --force")
        try:
            self._spool = tempfile.TemporaryDirectory(prefix=".pm-timeline-", dir=path.parent)
        except OSError as error:
            raise BundleError(f"{argument} {path}: cannot write there ({error.strerror})") from None

    def keep(self, name: str, given: Document | Gap) -> None:
        """Store a document or Gap of the source `name`. Disk errors are raised by `close`."""
        if isinstance(given, Gap):
            stored = StoredGap(reason=given.reason, hint=given.hint, fatal=given.fatal)
            self._gaps.setdefault(name, []).append(stored)
            return
        listed = self._documents.setdefault(name, [])
        file = f"{name}/{len(listed) + 1:06d}.txt"
        body = given.text.encode("utf-8", "surrogatepass")
        try:
            (Path(self._spool.name) / name).mkdir(exist_ok=True)
            (Path(self._spool.name) / file).write_bytes(body)
        except OSError as error:
            self._trouble = error
            return
        digest = hashlib.sha256(body).hexdigest()
        listed.append(StoredDocument(file=file, call=given.call, asked=given.asked, at=given.at, sha256=digest))

    def given_by(self, name: str) -> tuple[tuple[StoredDocument, ...], tuple[StoredGap, ...]]:
        """The stored documents and Gaps of one source, for its entry in the manifest."""
        return tuple(self._documents.get(name, ())), tuple(self._gaps.get(name, ()))

    def discard(self) -> None:
        """Forget everything; nothing is written. Does nothing after `close`."""
        self._spool.cleanup()

    def close(self, manifest: Manifest) -> None:
        """Pack everything; the file appears complete or not at all. Raises BundleError."""
        with self._spool:
            try:
                if self._trouble:
                    raise self._trouble
                unfinished = Path(self._spool.name) / "bundle.zip"
                with zipfile.ZipFile(unfinished, "w", zipfile.ZIP_DEFLATED) as packed:
                    _add(packed, MANIFEST, manifest.model_dump_json(indent=2, by_alias=True).encode())
                    for source in manifest.sources:
                        for document in source.documents:
                            _add(packed, document.file, (Path(self._spool.name) / document.file).read_bytes())
                if not self._force and self.path.exists():
                    raise FileExistsError(errno.EEXIST, "somebody else wrote that file meanwhile")
                unfinished.replace(self.path)
            except OSError as error:
                raise BundleError(f"{self._argument} {self.path}: cannot write ({error.strerror})") from None


def _add(packed: zipfile.ZipFile, name: str, body: bytes) -> None:
    # The same evidence gives the same bytes, so no clock and no umask enters the archive.
    entry = zipfile.ZipInfo(name, _EPOCH)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o600 << 16
    packed.writestr(entry, body)
