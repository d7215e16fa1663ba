"""CDEvents 0.3 to 0.5, bare or in a structured CloudEvent: how to recognise, reduce and interpret them."""

import base64
import binascii
from typing import Any, NamedTuple

from collector.json_text import decode
from sources.events.artifacts import artifact
from sources.events.items import LONGEST, Item
from sources.events.records import look_up
from sources.events.settings import Meaning
from sources.text import one_line

_PREFIXES = ("dev.cdevents.", "dev.cdeventsx.")
_CONTENT = (
    "environment", "artifactId", "pipelineName", "taskName", "pipelineRun", "uri", "url", "outcome", "errors",
    "description", "service", "name", "ticketURI", "change", "repository",
)  # fmt: skip
"""The fields of `subject.content` that are used."""
_MEANINGS: dict[str, Meaning] = {
    "service.deployed": "deploy",
    "service.upgraded": "deploy",
    "service.rolledback": "rollback",
    "service.removed": "removed",
    "environment.created": "annotation",
    "environment.modified": "annotation",
    "environment.deleted": "annotation",
    "pipelinerun.started": "run.started",
    "incident.detected": "note",
    "incident.reported": "note",
    "incident.resolved": "note",
}
_SUCCEEDED = ("success", "succeeded")
_FAILED = {"failure": "fails", "fail": "fails", "error": "ends in an error", "cancel": "is cancelled"}
_OF_THE_SPECIFICATION = frozenset(
    {"approval", "artifact", "branch", "build", "change", "environment", "incident", "pipelinerun", "repository"}
    | {"service", "taskrun", "testcase", "testcaserun", "testoutput", "testsuite", "testsuiterun", "ticket"}
)


class CdEvent(NamedTuple):
    """A parsed event."""

    name: str
    """Subject and predicate: `service.deployed`."""
    meaning: Meaning | None
    """None if the type is in the specification, but reports no deploy and no incident."""
    item: Item
    how: str
    """How a run ended without success: `fails`."""
    title: str
    """The name of the pipeline, task or environment."""
    run: str
    """Id of the pipeline run that the event is about or belongs to."""
    chain: str
    """The chain id that events of one change share, from the commit to the deploy."""
    scope: str
    """The system in which the id of the subject is unique: two systems may each have a run `12`."""


def unwrapped(record: Any) -> dict[str, Any] | None:
    """The CDEvent in a record; None if it contains none."""
    if not isinstance(record, dict):
        return None
    inner = record.get("data") if "specversion" in record else None
    if inner is None and "specversion" in record and isinstance(record.get("data_base64"), str):
        try:
            inner = decode(base64.b64decode(record["data_base64"], validate=True).decode())
        except (ValueError, RecursionError, binascii.Error):
            return None
    if isinstance(inner, str):
        try:
            inner = decode(inner)
        except (ValueError, RecursionError):
            return None
    found = inner if isinstance(inner, dict) else record
    type_ = look_up(found, "context.type")
    return found if isinstance(type_, str) and type_.startswith(_PREFIXES) else None


def time_of(event: dict[str, Any], record: dict[str, Any]) -> Any:
    """The time of the event, unparsed."""
    given = look_up(event, "context.timestamp")
    return given if given is not None else record.get("time")


def reduced(event: dict[str, Any]) -> dict[str, Any]:
    """The event without custom data, which may contain secrets."""
    context, subject = event["context"], event.get("subject")
    content = subject.get("content") if isinstance(subject, dict) else None
    kept = {name: _short(content[name]) for name in _CONTENT if name in content} if isinstance(content, dict) else {}
    return {
        "context": {name: _short(context[name]) for name in ("id", "source", "type", "chainId") if name in context},
        "subject": {
            **({name: _short(subject.get(name)) for name in ("id", "source")} if isinstance(subject, dict) else {}),
            "content": kept,
        },
    }


def cdevent(event: Any) -> CdEvent | None:
    """The meaning of a reduced event; None if its type is not in the specification."""
    # The version in the type is that of its schema, which has its own numbering.
    parts = _text(event, "context.type").split(".")
    if len(parts) < 4 or parts[1] != "cdevents" or parts[2] not in _OF_THE_SPECIFICATION:
        return None
    name = f"{parts[2]}.{parts[3]}"
    subject, predicate = parts[2], parts[3]
    outcome = _text(event, "subject.content.outcome").lower()
    meaning = _MEANINGS.get(name)
    if name == "pipelinerun.finished":
        # The outcome is optional: a run that ended need not have succeeded.
        meaning = "run.failed" if outcome in _FAILED else "run.succeeded" if outcome in _SUCCEEDED else None
    id_ = _text(event, "subject.id")
    named = artifact(_text(event, "subject.content.artifactId"))
    is_run = subject == "pipelinerun"
    item = Item(
        kind=name,
        service=_service(event, subject),
        environment=_text(event, "subject.content.environment.id") or (id_ if subject == "environment" else ""),
        version=named.version,
        commit=named.commit,
        digest=named.digest,
        url=next(filter(_is_url, (_text(event, f"subject.content.{key}") for key in ("uri", "url"))), ""),
        text=_words(event, subject, predicate, id_),
        id=f"{_text(event, 'context.source')}#{_text(event, 'context.id')}",
    )
    run = id_ if is_run else _text(event, "subject.content.pipelineRun.id")
    chain = _text(event, "context.chainId")
    scope = _text(event, "subject.source") or _text(event, "context.source")
    return CdEvent(name, meaning, item, _FAILED.get(outcome, ""), _title(event), run, chain, scope)


def _service(event: Any, subject: str) -> str:
    if subject == "service":
        return _text(event, "subject.id")
    return _text(event, "subject.content.service.id")


def _title(event: Any) -> str:
    named = (_text(event, f"subject.content.{key}") for key in ("pipelineName", "taskName", "name"))
    return next(filter(None, named), "")


def _words(event: Any, subject: str, predicate: str, id_: str) -> str:
    description = _text(event, "subject.content.description")
    if subject == "incident":
        return f"Incident {id_} {predicate}" + (f": {description}" if description else "")
    name = _title(event)
    errors = _text(event, "subject.content.errors")
    called = f'{id_} "{name}"' if name and name != id_ else id_ or name
    outcome = _text(event, "subject.content.outcome")
    ends = f" ({outcome}{f': {errors}' if errors else ''})" if outcome else ""
    return f"{subject.capitalize()} {called} {predicate}{ends}"


def _text(event: Any, path: str) -> str:
    found = look_up(event, path)
    return one_line(found) if isinstance(found, str) else ""


def _is_url(text: str) -> bool:
    return text.startswith(("http://", "https://"))


def _short(value: Any) -> Any:
    if isinstance(value, str):
        return value[:LONGEST]
    return {"id": value["id"][:LONGEST]} if isinstance(value, dict) and isinstance(value.get("id"), str) else ""
