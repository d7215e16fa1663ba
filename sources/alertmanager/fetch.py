"""What to request from Alertmanager. It keeps no history: only current alerts, and silences for some days."""

from collections.abc import Iterator

from collector.source import BadAnswer, Denied, Document, Gap, SourceError
from sources.alertmanager.api import Api

_QUESTIONS = {"alerts": "?active=true&silenced=true&inhibited=true&unprocessed=true", "silences": ""}


def fetch(api: Api) -> Iterator[Document | Gap]:
    """Each request is separate: if one is denied, the other is still sent. Raises only if neither is answered."""
    errors: list[SourceError] = []
    for call, query in _QUESTIONS.items():
        try:
            yield api.listed(call, query)
        except (Denied, BadAnswer) as error:
            errors.append(error)
    if len(errors) == len(_QUESTIONS):
        raise errors[0]
    yield from (Gap(error.reason, error.hint) for error in errors)
