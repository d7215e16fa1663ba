"""`because`, `cause`, `identified`: which of them name the cause of an incident without any change in the window."""

import pytest

from collector.phases.identified import identifies
from collector.phases.suspects import Suspects

KNOWN = Suspects(frozenset({"2.9.0"}), frozenset({"deploy"}), services=frozenset({"seats"}))


@pytest.mark.parametrize(
    "note",
    [
        "root cause identified: 2.9.0 sends empty seat numbers",
        "attributed to a job that never closes its sessions",
        "seats restart because their memory limit is reached",
        "bookings are delayed because the broker is full",
        "seats began failing because the cache is gone",
        "the timeouts stem from a lost index",
        "a retry storm is causing the overload",
        "we managed to pinpoint the leak: sockets are never closed",
        "rolled back because of the new deploy",
        "rolled back because 2.9.0 leaks sockets",
        "Lena finds that the token has the wrong audience",
        "determined that the image was built without certificates",
        "Fehler wegen Deploy 2.9.0",
        "I scaled seats in the wrong cluster, sorry",
        "somebody set the image of seats by hand an hour ago",
        "prices round to zero since 2.9.0",
    ],
)
def test_a_cause_is_named(note: str) -> None:
    assert identifies(note, KNOWN)


@pytest.mark.parametrize(
    "note",
    [
        "looking for the root cause",
        "Lena and Ben are working to identify the cause",
        "next: find the cause",
        "no root cause yet",
        "root cause: tbd",
        "we do not know the cause",
        "root cause analysis on Friday",
        "Ursache noch unbekannt",
        "identified 14 pods in a crash loop",
        "identified as sev-2",
        "identified by our monitoring",
        "identified Lena as incident lead",
        "rolled back because the ratio was high",
        "restarted seats because it hangs",
        "scaled up because of the traffic",
        "paged Ben due to the alert SeatsErrorsHigh",
        "deploys frozen because of the incident",
        "waiting because the vendor sleeps",
        "retro due to be held on Monday",
        "culprit ingress applied to the cluster",
        "the node went away due to an ongoing issue",
        "this causes delays in booking",
        "errors caused lost orders",
        "pods are usually evicted because of other pods",
        "the deploy to staging fails its tests because the cluster is full",
        "Ben found errors in the logs",
        "determined that 300 orders were lost",
        "is it deployed in the wrong cluster?",
        "errors are down to zero since 2.9.0",
        "Ben sets the image back by hand",
    ],
)
def test_none_is(note: str) -> None:
    assert not identifies(note, KNOWN)
