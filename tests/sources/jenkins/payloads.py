"""Objects as Jenkins gives them, with the fields that are asked for.

The shapes are those of hudson.model.Run and Job, hudson.model.Cause and its kin, jenkins.model.InterruptedBuildAction,
the plugins git (BuildData), metrics (TimeInQueueAction), rebuild and pipeline-input-step (ApproverAction), and of the
README of the plugin Pipeline: REST API for stages.
"""

import json
from datetime import UTC, datetime
from typing import Any

from collector.event import Event
from collector.secrets import Scrubber
from collector.source import Document, Gap
from collector.window import Window
from sources.jenkins import JenkinsSettings, JenkinsSource
from sources.jenkins.paths import path

URL = "https://ci.example.com/jenkins"
SETTINGS = JenkinsSettings(url=URL)
AT = datetime(2026, 4, 1, 14, 40, tzinfo=UTC)


def utc(clock: str) -> datetime:
    """`14:02:05.250` on the day of the tests, or a time in full."""
    return datetime.fromisoformat(clock if "T" in clock else f"2026-04-01T{clock}+00:00").astimezone(UTC)


def ms(clock: str) -> int:
    return round(utc(clock).timestamp() * 1000)


WINDOW = Window(utc("14:00:00"), utc("14:30:00"))


def build(number: int, started: str, ended: str = "", *actions: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {
        "_class": "org.jenkinsci.plugins.workflow.job.WorkflowRun",
        "number": number,
        "url": f"{URL}/job/x/{number}/",
        "timestamp": ms(started),
        "duration": ms(ended) - ms(started) if ended else 0,
        "building": not ended,
        "inProgress": not ended,
        "result": "SUCCESS" if ended else None,
        "displayName": f"#{number}",
        "actions": [by("dana-reyes"), *actions, {}],
        **changes,
    }


def caused(class_: str, words: str, **fields: Any) -> dict[str, Any]:
    return {"_class": "hudson.model.CauseAction", "causes": [{"_class": class_, "shortDescription": words, **fields}]}


def by(user: str) -> dict[str, Any]:
    return caused("hudson.model.Cause$UserIdCause", f"Started by user {user}", userId=user, userName=user.title())


def interrupted(words: str) -> dict[str, Any]:
    cause = {"_class": "jenkins.model.CauseOfInterruption$UserInterruption", "shortDescription": words}
    return {"_class": "jenkins.model.InterruptedBuildAction", "causes": [cause]}


def given(**values: Any) -> dict[str, Any]:
    listed = [
        {"_class": "hudson.model.StringParameterValue", "name": name, "value": value} for name, value in values.items()
    ]
    return {"_class": "hudson.model.ParametersAction", "parameters": listed}


def checkout(commit: str, remote: str) -> dict[str, Any]:
    return {
        "_class": "hudson.plugins.git.util.BuildData",
        "lastBuiltRevision": {"SHA1": commit, "branch": [{"name": "refs/remotes/origin/main"}]},
        "remoteUrls": [remote],
    }


def stage(name: str, started: str, ended: str, status: str = "SUCCESS", paused: int = 0) -> dict[str, Any]:
    return {
        "id": str(ms(started) % 100_000),
        "name": name,
        "status": status,
        "startTimeMillis": ms(started),
        "durationMillis": ms(ended) - ms(started),
        "pauseDurationMillis": paused * 1000,
    }


def builds(job: str, *listed: dict[str, Any], branch: bool = False) -> Document:
    body = {"_class": "org.jenkinsci.plugins.workflow.job.WorkflowJob", "builds": list(listed)}
    return Document("builds", f"GET {URL}{path(job.split('/'))}/api/json?tree=x", AT, json.dumps(body))


def stages(job: str, number: int, started: str, *listed: dict[str, Any]) -> Document:
    body = {"id": str(number), "name": f"#{number}", "startTimeMillis": ms(started), "stages": list(listed)}
    return Document("stages", f"GET {URL}{path(job.split('/'))}/{number}/wfapi/describe", AT, json.dumps(body))


def multibranch(project: str, *branches: str) -> Document:
    listed = [
        {"_class": "org.jenkinsci.plugins.workflow.job.WorkflowJob", "name": each, "color": "blue"} for each in branches
    ]
    body = {"_class": "org.jenkinsci.plugins.workflow.multibranch.WorkflowMultiBranchProject", "jobs": listed}
    return Document("jobs", f"GET {URL}{path(project.split('/'))}/api/json?tree=x", AT, json.dumps(body))


def read(*documents: Document, **changes: Any) -> tuple[list[Event], list[Gap]]:
    settings = SETTINGS.model_copy(update=changes)
    found = list(JenkinsSource("jenkins", settings, Scrubber()).read(documents, WINDOW))
    return [item for item in found if isinstance(item, Event)], [item for item in found if isinstance(item, Gap)]
