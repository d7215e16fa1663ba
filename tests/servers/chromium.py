"""Opens pages in Chromium, and returns what a script finds in each. One start for all pages of one call."""

import html
import json
import re
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.servers.process import binary, require

_FOLDER = Path(__file__).parent
_RESULTS = re.compile(r'<pre id="results">(.*?)</pre>', re.DOTALL)


@dataclass(frozen=True)
class Page:
    """A page, and what is done with it."""

    text: str
    """HTML, with a <head>."""
    script: str = ""
    """The body of an asynchronous function, run once the page is loaded; what it returns is the result."""
    width: int = 900
    scripts: bool = True
    """Whether the page's own scripts run; if not, `script` runs outside of it, with the page as `page`."""


def opened(pages: Sequence[Page], *, dark: bool = False) -> list[Any]:
    """What the script of each page returned. Raises AssertionError for an error of a page or of its policy.

    The scripts stand before the policy (CSP) of the page, which restricts only what comes after it.
    """
    require("chromium")
    harness = (_FOLDER / "chromium.html").read_text().replace("PAGES", _embedded(pages))
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "harness.html")
        file.write_text(harness, encoding="utf-8", errors="surrogatepass")
        done = subprocess.run(
            [
                binary("chromium"),
                *("--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run"),
                *(f"--user-data-dir={folder}/profile", f"--blink-settings=preferredColorScheme={0 if dark else 1}"),
                *("--window-size=1200,900", "--virtual-time-budget=60000", "--dump-dom", file.as_uri()),
            ],
            capture_output=True,
            text=True,
            timeout=180,
            check=True,
        )
    found = _RESULTS.search(done.stdout)
    assert found, done.stdout[-2000:] + done.stderr[-2000:]
    results = json.loads(html.unescape(found[1]))
    assert len(results) == len(pages), f"{len(results)} of {len(pages)} pages were done in time"
    for result in results:
        assert result["errors"] == [], result["errors"]
    return [result["found"] for result in results]


def _embedded(pages: Sequence[Page]) -> str:
    listed = [
        {"text": page.text, "script": page.script, "width": page.width, "scripts": page.scripts} for page in pages
    ]
    return json.dumps(listed).replace("<", "\\u003c")
