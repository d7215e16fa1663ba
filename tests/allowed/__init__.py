"""What today's code still does that new code may not: lists that only ever get shorter, until they are empty and go.

A file has one exception a line; `#` begins a comment.
"""

from collections.abc import Iterable
from pathlib import Path

_HEAD = "# {why}\n# Take a line out with the last of its exceptions. `python -m {module}` writes down what is left.\n"


def allowed(name: str) -> set[str]:
    """The exceptions of a list."""
    lines = (line.partition("#")[0].strip() for line in _file(name).read_text().splitlines())
    return {line for line in lines if line}


def write_down(name: str, found: Iterable[str], why: str, module: str) -> None:
    """Make the list what there is; for who has made it shorter."""
    _file(name).write_text(_HEAD.format(why=why, module=module) + "".join(f"{line}\n" for line in sorted(found)))


def _file(name: str) -> Path:
    return Path(__file__).with_name(f"{name}.txt")
