"""A file that only its owner may read, written as a whole or not at all."""

import os
import tempfile
from pathlib import Path
from types import TracebackType

from collector.errors import UsageError


class PrivateFile:
    """A context manager: the file appears at its path, with mode 0600, once the block ends without an error."""

    def __init__(self, path: Path, *, force: bool) -> None:
        """Open a temporary file beside `path`. Raises UsageError if `path` may not, or cannot, be written."""
        self.path = path
        if path.is_symlink() or (path.exists() and not path.is_file()):
            raise UsageError(f"{path}: is no file that can be replaced; name another with --list")
        if path.exists() and not force:
            raise UsageError(f"{path}: exists already; name another file with --list, or replace it with --force")
        try:
            # mkstemp makes it with mode 0600.
            handle, name = tempfile.mkstemp(prefix=".pm-timeline-", dir=path.parent)
        except OSError as error:
            raise UsageError(f"{path}: cannot be written ({error.strerror})") from None
        self._unfinished = Path(name)
        self._file = os.fdopen(handle, "w", encoding="utf-8", errors="backslashreplace", newline="")

    def __enter__(self) -> "PrivateFile":
        """Return itself."""
        return self

    def write(self, text: str) -> None:
        """Write the text. Raises UsageError if that fails."""
        try:
            self._file.write(text)
            self._file.flush()
        except OSError as error:
            raise UsageError(f"{self.path}: cannot be written ({error.strerror})") from None

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Move the file to its path, or after an error remove it. Raises UsageError if it cannot be written."""
        try:
            self._file.close()
            if kind is None:
                self._unfinished.replace(self.path)
        except OSError as trouble:
            raise UsageError(f"{self.path}: cannot be written ({trouble.strerror})") from None
        finally:
            self._unfinished.unlink(missing_ok=True)
