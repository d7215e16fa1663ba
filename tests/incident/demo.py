"""Makes the demo's bundle from the recorded incident, and shows in README what it prints.

Run as `python -m tests.incident.demo`. The capture is the real command's, against the three running servers.
"""

import json
import re
import shutil
import tempfile
from pathlib import Path

from tests.cli.command import pm_timeline
from tests.incident.live import NOTES, live_incident
from tests.servers.process import ROOT

BUNDLE = ROOT / "fixtures" / "checkout-incident.zip"
WINDOW = ("--from", "2026-04-01 14:00", "--to", "14:30", "--tz", "UTC")


def main() -> None:
    """Capture, then write what the bundle gives into README."""
    with tempfile.TemporaryDirectory() as state, live_incident(Path(state)) as live:
        folder = Path(state) / "user"
        folder.mkdir()
        (folder / "pm-timeline.toml").write_text(live.config)
        shutil.copy(NOTES, folder)
        options = ("--notes", NOTES.name, "--strict", "--capture", BUNDLE)
        done = pm_timeline(*WINDOW, *options, folder=folder, env=live.environment)
    if done.code:
        raise SystemExit(done.err)
    told = pm_timeline("--replay", BUNDLE, "--format", "markdown", folder=ROOT).out
    counts = json.loads(pm_timeline("--replay", BUNDLE, "--format", "json", folder=ROOT).out)["counts"]
    readme = ROOT / "README.md"
    text = readme.read_text()
    text = re.sub(r"(<!-- demo -->\n).*(<!-- /demo -->)", lambda m: m[1] + told + m[2], text, flags=re.DOTALL)
    text = re.sub(r"out of [0-9,@A-Z]+ events", f"out of {counts['events']:,} events", text)
    readme.write_text(text)


if __name__ == "__main__":
    main()
