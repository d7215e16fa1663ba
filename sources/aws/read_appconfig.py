"""Events of an AppConfig deployment, which changes configuration and flags without a deploy of the application."""

from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct

from collector.event import Event, Identity, Manner, Subject
from sources.aws.items import line, part
from sources.aws.settings import AwsSettings
from sources.aws.shipped import Shipped
from sources.deploy_facts import Deploy, deploy_failed, deploy_started, deploy_succeeded
from sources.fact import Fact, Moment
from sources.stamps import moment, moment_or_none

_BY = {"CLOUDWATCH_ALARM": "by an alarm", "APPCONFIG": "by AppConfig", "INTERNAL_ERROR": "by an error inside AppConfig"}


class _Done(Struct, frozen=True):
    """One entry of the log of a deployment."""

    at: Moment
    by: str
    description: str


class Reader:
    """Makes the Events of one source."""

    def __init__(self, source: str, settings: AwsSettings, names: Mapping[str, str]) -> None:
        """`names` has the names of applications and environments by id."""
        self._source, self._settings, self._names = source, settings, names

    def events(self, region: str, item: dict[str, Any]) -> Iterator[Event]:
        """Start and end, and a rollback or revert as a separate deploy. Raises what `each` counts."""
        ids = line(item["ApplicationId"]), line(item["EnvironmentId"])
        number, state = int(item["DeploymentNumber"]), line(item["State"])
        application, environment = (self._names.get(id_) or id_ for id_ in ids)
        subject = self._settings.subject(f"{application}/{environment}", application, environment)
        log = dict(_log(item.get("EventLog")))
        profile = line(item.get("ConfigurationName"))
        version = line(item.get("VersionLabel")) or line(item.get("ConfigurationVersion"))
        path = f"appconfig/{'/'.join(ids)}/{number}"
        details = (
            profile,
            f"deployment {number}",
            f'"{line(item.get("Description"))}"' if item.get("Description") else "",
        )
        deploy = Deploy(subject, f"aws/{region}/{path}", version, Manner.CONFIG, details)
        steps: list[tuple[Fact, Moment | None]] = [(deploy_started(deploy), moment(item["StartedAt"]))]
        began = log.get("ROLLBACK_STARTED") or log.get("ROLLBACK_COMPLETED")
        if state in ("COMPLETE", "REVERTED"):
            # AWS does not document whether `CompletedAt` of a reverted deployment is the time of its revert.
            done = log.get("DEPLOYMENT_COMPLETED")
            steps.append((deploy_succeeded(deploy), done.at if done else moment_or_none(item.get("CompletedAt"))))
        elif state in ("ROLLING_BACK", "ROLLED_BACK") and began is not None:
            steps.append((deploy_failed(deploy, began.description, "is rolled back"), began.at))
        query = f"aws appconfig get-deployment --region {region} --application-id {ids[0]} --environment-id {ids[1]}"
        query += f" --deployment-number {number}"
        keys = Identity(deployment=path, version=version, component=profile)
        yield from Shipped(self._source, path, keys, query).events(steps)
        back = Identity(deployment=f"{path}/back", component=profile)
        shipped = Shipped(self._source, f"{path}/back", back, query)
        yield from shipped.events(_back(subject, f"aws/{region}/{path}/back", details, log))


def _back(
    subject: Subject, merge_key: str, details: tuple[str, ...], log: Mapping[str, _Done]
) -> list[tuple[Fact, Moment | None]]:
    """Steps of a rollback or revert. The answer lacks the version that runs afterwards."""
    over = log.get("REVERT_COMPLETED") or log.get("ROLLBACK_COMPLETED")
    began = log.get("ROLLBACK_STARTED") or over
    if began is None:
        return []
    manner = Manner.AUTOMATIC_ROLLBACK if began.by in _BY else Manner.ROLLBACK
    deploy = Deploy(subject, merge_key, "configuration", manner, (*details, _BY.get(began.by, "")))
    steps: list[tuple[Fact, Moment | None]] = [(deploy_started(deploy), began.at)]
    if over is not None:
        steps.append((deploy_succeeded(deploy), over.at))
    return steps


def _log(entries: Any) -> Iterator[tuple[str, _Done]]:
    """Entries by type. AppConfig lists the latest first, so a dict keeps the earliest of each type."""
    for entry in entries if isinstance(entries, list) else []:
        at = moment_or_none(part(entry, "OccurredAt"))
        if at is not None:
            yield (
                line(part(entry, "EventType")),
                _Done(at, line(part(entry, "TriggeredBy")), line(part(entry, "Description"))),
            )
