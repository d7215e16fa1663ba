"""What stands above the table and need not stand in its rows, and the commands that show what a row rests on."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

from cli.render import as_markdown
from cli.render.caption import caption
from cli.render.citations import citations
from collector.event import Kind, Subject
from collector.row import Row, Word
from collector.window import Window
from tests.cli.timelines import START, event, row, timeline

BERLIN = ZoneInfo("Europe/Berlin")


def about(service: str, namespace: str = "") -> Row:
    """A row that names its service as something that may be clear."""
    seen = replace(event(), subject=Subject(service=service, namespace=namespace))
    words = (Word("Alert Errors fires"), Word(f" for {service}", implied=True))
    return replace(row("", seen, kind=Kind.ALERT_FIRING, service=service), words=words)


def test_a_service_is_named_in_its_rows_only_where_there_are_several() -> None:
    alone = as_markdown.render(timeline(about("cart", "shop"), about("cart", "shop"), row("12:00 Ann: on it")))
    assert "· cart (shop)**" in alone
    assert alone.count("| Alert Errors fires |") == 2
    several = as_markdown.render(timeline(about("cart", "shop"), about("web")))
    assert "· cart (shop), web**" in several
    assert "| Alert Errors fires for cart |" in several
    assert "| Alert Errors fires for web |" in several


@pytest.mark.parametrize(
    ("start", "minutes", "zone", "shown"),
    [
        (START, 30, UTC, "2026-04-01, 14:00 to 14:30 UTC"),
        (START + timedelta(seconds=7), 30, UTC, "2026-04-01, 14:00:07 to 14:30:07 UTC"),
        (START, 30, BERLIN, "2026-04-01, 16:00 to 16:30 Europe/Berlin (UTC+02:00)"),
        (START, 600, BERLIN, "2026-04-01, 16:00 to 2026-04-02, 02:00 Europe/Berlin (UTC+02:00)"),
        (
            datetime(2026, 10, 25, 0, tzinfo=UTC),
            120,
            BERLIN,
            "2026-10-25, 02:00 to 03:00 Europe/Berlin (UTC+02:00, later UTC+01:00)",
        ),
    ],
)
def test_the_caption_has_day_window_and_zone(start: datetime, minutes: int, zone: ZoneInfo, shown: str) -> None:
    window = Window(start, start + timedelta(minutes=minutes), zone)
    assert caption(timeline(window=window)) == shown
    rows = [about(f"svc-{number}") for number in range(6)]
    assert caption(timeline(*rows, window=window)) == f"{shown} · svc-0, svc-1, svc-2, svc-3 and 2 more"


@pytest.mark.parametrize(
    ("query", "place"),
    [
        ("/api/v1/namespaces/shop/pods/web-1", "kubectl -n shop get pods web-1 -o yaml"),
        (
            "/apis/apps/v1/namespaces/shop/deployments/web",
            "kubectl -n shop get deployments.apps web -o yaml",
        ),
        ("/api/v1/nodes/ip-10-0-1-2.internal", "kubectl get nodes ip-10-0-1-2.internal -o yaml"),
        ("/api/v1/namespaces/shop/pods/a;rm -rf ~", "kubectl get --raw '/api/v1/namespaces/shop/pods/a;rm -rf ~'"),
        ("sum(rate(errors[1m]))", "sum(rate(errors[1m]))"),
    ],
)
def test_an_object_of_the_cluster_has_the_command_that_shows_it(query: str, place: str) -> None:
    (ours,) = citations([row("x", event(source="prod", query=query), kind=Kind.OTHER)]).values()
    assert [one.places for one in ours] == [(place,)]
