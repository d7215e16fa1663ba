"""Facts about alerts and silences, one function for each kind, for all systems that report them.

Events of one alert instance merge by its labels, which are the same in Prometheus, its replicas and Alertmanager.
"""

from collections.abc import Mapping

from collector.event import Kind, Subject
from sources.alert_labels import fact, title
from sources.fact import Fact


def alert_pending(subject: Subject, labels: Mapping[str, str], *, details: str = "") -> Fact:
    """The condition holds, but not yet for long enough. Here and below, `details` are appended to the words."""
    return _of_alert(Kind.ALERT_PENDING, subject, labels, f"is pending{details}")


def alert_firing(subject: Subject, labels: Mapping[str, str], *, already: str = "", details: str = "") -> Fact:
    """The alert fires. `already` is the UTC time when it was first seen firing, if it may have begun before that."""
    return _of_alert(
        Kind.ALERT_FIRING, subject, labels, (f"already fires at {already} UTC" if already else "fires") + details
    )


def alert_resolved(subject: Subject, labels: Mapping[str, str], *, reported: bool = True, details: str = "") -> Fact:
    """The alert no longer fires. If this is not `reported`, the alert only stopped being reported."""
    return _of_alert(
        Kind.ALERT_RESOLVED, subject, labels, ("is resolved" if reported else "is no longer reported") + details
    )


def alert_changed(subject: Subject, labels: Mapping[str, str], state: str) -> Fact:
    """The alert still fires, in another state that only the system that evaluates it knows."""
    return Fact(Kind.OTHER, subject, f"alert {title(labels)} is now {state}", "")


def silence_started(subject: Subject, id_: str, silenced: str, *, by: str, planned: str, comment: str) -> Fact:
    """Alerts that match no longer notify anybody; `silenced` is the matchers in words.

    `planned` is when somebody set the silence up, in UTC, if that was before its start. Unknown texts are empty.
    """
    ahead = f" (planned at {planned} UTC)" if planned else ""
    return _of_silence(Kind.SILENCE_STARTED, subject, id_, silenced, by, ahead, comment)


def silence_ended(subject: Subject, id_: str, silenced: str, *, by: str, by_hand: bool, comment: str) -> Fact:
    """The silence ended, as planned or `by_hand`; `by` is who set it up. The rest as in `silence_started`."""
    how = " is expired by hand" if by_hand else " runs out"
    return _of_silence(Kind.SILENCE_ENDED, subject, id_, silenced, by, how, comment)


def _of_alert(kind: Kind, subject: Subject, labels: Mapping[str, str], words: str) -> Fact:
    return Fact(kind, subject, f"alert {title(labels)} {words}", fact(labels))


def _of_silence(kind: Kind, subject: Subject, id_: str, silenced: str, by: str, what: str, comment: str) -> Fact:
    words = f"Silence for {silenced}{f' by {by}' if by else ''}{what}" + (f': "{comment}"' if comment else "")
    # Alertmanagers of one cluster share their silences.
    return Fact(kind, subject, words, f"silence {id_}")
