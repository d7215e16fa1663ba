"""The clock of the recording, and the times it gives to what the servers wrote."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from tests.cluster.clock import Clock
from tests.incident import story
from tests.incident.stamps import Stamps

START = datetime(2026, 4, 1, 14, 0, tzinfo=UTC)


@given(st.floats(0, 700), st.floats(0, 700))
def test_story_and_wall_are_each_others_inverse_and_keep_order(one, other):
    clock = story.clock()
    early, late = sorted((one, other))
    assert clock.story(early) <= clock.story(late)
    assert abs(clock.wall(clock.story(early)) - early) < 0.001


def test_times_are_told_as_when_they_were_first_seen():
    clock = Clock(START, [(START + timedelta(minutes=10), 40.0)])  # 15 times as fast
    stamps = Stamps(clock)
    pod = {
        "metadata": {
            "uid": "u",
            "creationTimestamp": "1970-01-01T00:00:02Z",
            "deletionTimestamp": "1970-01-01T00:00:34Z",
            "deletionGracePeriodSeconds": 30,
            "annotations": {"restartedAt": "2026-04-01T13:51:00Z"},
        },
        "eventTime": "1970-01-01T00:00:02.500000Z",
    }
    stamps.seen("ADDED", pod, 2.4)
    assert stamps.retold(pod) == {
        "metadata": {
            "uid": "u",
            "creationTimestamp": "2026-04-01T14:00:36Z",
            "deletionTimestamp": "2026-04-01T14:01:30Z",
            "deletionGracePeriodSeconds": 30,
            "annotations": {"restartedAt": "2026-04-01T13:51:00Z"},
        },
        "eventTime": "2026-04-01T14:00:37.500000Z",
    }
