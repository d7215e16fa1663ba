"""A timeline whose every text is hostile: what formats and browsers might make something of."""

from datetime import timedelta

from collector.coverage import Coverage
from collector.event import Kind
from collector.result import Timeline
from collector.source import Gap
from tests.cli.timelines import MARKUP, RUN, START, event, row, timeline

TEXTS = [
    *(text for text in MARKUP if text.strip()),
    *("<script>alert(1)</script>", "</title></style></script><img src=x onerror=alert(1)>", "<!--<script>", "]]>"),
    *(
        '" onmouseover="alert(1)',
        "{{7*7}}",
        "${alert(1)}",
        "\ufffe\x00",
        "<svg onload=alert(1)>",
        "\U0001d54f" * 40,
        "W" * 400,
    ),
]
KINDS = [Kind.NOTE, Kind.ALERT_FIRING, Kind.DEPLOY_STARTED, Kind.ERRORS_FELL, Kind.POD_CRASHED, Kind.ROLLBACK_COMPLETED]


def hostile() -> Timeline:
    """A row for each text, which is also its service, its source, and all of its evidence."""
    rows = [
        row(
            text,
            event(START, source=text, summary=text, query=text, native_id=text, url=f"{RUN}/{text}"),
            at=START + timedelta(seconds=20 * at),
            kind=KINDS[at % len(KINDS)],
            service=text,
        )
        for at, text in enumerate(TEXTS)
    ]
    seen = tuple(Coverage(text, text, (text,), 1, (Gap(text, text),), failed=False) for text in TEXTS)
    return timeline(*rows, coverage=seen)
