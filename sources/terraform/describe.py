"""Descriptions of a run: its workspace, what it changes, who started it and who decided about it."""

from msgspec import Struct

from collector.event import Subject
from sources.terraform.items import Run
from sources.terraform.resources import Resources
from sources.terraform.settings import TerraformSettings

_COUNTS = (
    ("resource-imports", "imported"),
    ("resource-additions", "added"),
    ("resource-changes", "changed"),
    ("resource-destructions", "destroyed"),
)
_VIA = {"tfe-configuration-version": "by a push", "tfe-api": "via the API"}
_LONGEST_MESSAGE = 120


class Described(Struct, frozen=True):
    """The known properties of a run, except its states."""

    subject: Subject
    workspace: str
    details: tuple[str, ...]
    actor: str
    """Who started it: a user, else the person who pushed the commit."""
    confirmed_by: str
    cancelled_by: str
    discarded_by: str
    commit: str
    """A commit of the repository with the configuration."""
    path: str
    """API address of the run."""
    page: str


def described(run: Run, resources: Resources, settings: TerraformSettings) -> Described:
    """All known properties of a run."""
    related = run.related
    workspace = resources.text(related.get("workspace"), "name") or related.get("workspace", ("", run.id))[1]
    ingress = resources.related(related.get("configuration-version"), "ingress-attributes")
    commit = resources.text(ingress, "commit-sha").lower()
    creator = related.get("created-by")
    pushed = f"commit {commit[:7]}" if commit else ""
    name = workspace if settings.subject(workspace).service != workspace else ""
    details = (
        run.id,
        f"workspace {name}" if name else "",
        "destroys everything" if run.destroys else "",
        _counts(run, resources),
        _VIA.get(run.source, ""),
        "by a service account" if resources.is_set(creator, "is-service-account") else "",
        pushed,
        f'"{_shortened(run.message)}"' if run.message else "",
    )
    return Described(
        subject=settings.subject(workspace),
        workspace=workspace,
        details=details,
        actor=resources.text(creator, "username") or resources.text(ingress, "sender-username"),
        confirmed_by=_name(run, "confirmed-by", resources),
        cancelled_by=_name(run, "canceled-by", resources),
        discarded_by=_discarded_by(run, resources),
        commit=commit,
        path=f"{settings.url}/api/v2/runs/{run.id}",
        page=f"{settings.url}/app/{settings.organization}/workspaces/{workspace}/runs/{run.id}",
    )


def _name(run: Run, relation: str, resources: Resources) -> str:
    return resources.text(run.related.get(relation), "username")


def _discarded_by(run: Run, resources: Resources) -> str:
    """The person who discarded a run; only its list of run events names that person."""
    found = [event for event in resources.events.get(run.id, ()) if event.action == "discarded"]
    last = max(found, key=lambda event: (event.at, event.actor), default=None)
    return resources.text(("users", last.actor), "username") if last is not None else ""


def counted(run: Run, resources: Resources) -> dict[str, float]:
    """How many resources were `imported`, `added`, `changed` and `destroyed`, without zeros.

    For a run that was not applied, the numbers of its plan.
    """
    of = run.related.get("apply" if "applied" in run.stamps else "plan")
    counts = ((resources.count(of, name), words) for name, words in _COUNTS)
    return {words: float(count) for count, words in counts if count}


def _counts(run: Run, resources: Resources) -> str:
    known = ", ".join(f"{count:.0f} {words}" for words, count in counted(run, resources).items())
    return known if "applied" in run.stamps or not known else f"plan: {known}"


def _shortened(text: str) -> str:
    return text if len(text) <= _LONGEST_MESSAGE else f"{text[:_LONGEST_MESSAGE]}..."
