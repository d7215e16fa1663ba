"""Documents as prettier and mdformat write them."""

import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import mdformat

from tests.servers.npm import npm_tool

Reformat = Callable[[Sequence[str]], list[str]]


def by_prettier(texts: Sequence[str]) -> list[str]:
    """All of them in one run; ends of lines as they are."""
    prettier = npm_tool("prettier") / "bin" / "prettier.cjs"
    with TemporaryDirectory() as folder:
        files = [Path(folder, f"{number:04}.md") for number in range(len(texts))]
        for file, text in zip(files, texts, strict=True):
            file.write_bytes(text.encode())
        command = ["node", prettier, "--write", "--end-of-line", "auto", "--log-level", "warn", folder]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        assert done.stderr == ""
        return [file.read_bytes().decode() for file in files]


def by_mdformat(texts: Sequence[str]) -> list[str]:
    """With its plugins for GitHub's tables and for front matter."""
    return [mdformat.text(text, options={"end_of_line": "keep"}, extensions={"gfm", "frontmatter"}) for text in texts]
