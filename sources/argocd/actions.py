"""Events of Argo CD's actions on a workload: a restart, or the promotion or abort of its rollout."""

from collections.abc import Iterable, Iterator

from msgspec.structs import replace

from collector.event import Event, Identity, Manner, Subject
from sources.argocd.items import Application
from sources.argocd.notices import Notice
from sources.cluster.facts.rollouts import rollout_aborted, rollout_paused, rollout_resumed
from sources.deploy_facts import Deploy, deploy_started, deploy_succeeded
from sources.fact import Fact, report


def action_events(
    application: Application, subject: Subject, notices: Iterable[Notice], source: str
) -> Iterator[Event]:
    """Events of the actions. An action takes effect as soon as somebody runs it."""
    for notice in sorted(notices, key=lambda one: (one.at, one.uid)):
        if notice.what != "action":
            continue
        kind, _, name = notice.workload.partition("/")
        namespaces = [one.namespace for one in application.workloads if (one.kind, one.name) == (kind, name)]
        about = replace(
            subject,
            workload=notice.workload,
            namespace=namespaces[0] if namespaces else subject.namespace,
            service=subject.service if len(application.workloads) <= 1 else name,
        )
        for fact in _facts(notice, about):
            yield report(
                fact,
                notice.at,
                source=source,
                native_id=notice.uid,
                keys=Identity(application=f"{application.namespace}/{application.name}", deployment=notice.uid),
                actor=notice.user,
                query=notice.path,
            )


def _facts(notice: Notice, subject: Subject) -> Iterator[Fact]:
    if notice.action == "restart":
        key = f"argocd {notice.uid}"
        restart = Deploy(subject, key, manner=Manner.RESTART, details=(subject.workload,), actor=notice.user)
        yield deploy_started(restart)
        yield deploy_succeeded(restart)
    # The actions for Argo Rollouts, as named in resource_customizations/argoproj.io/Rollout/actions of argo-cd.
    elif notice.action == "abort":
        yield rollout_aborted(subject, by=notice.user)
    elif notice.action == "pause":
        yield rollout_paused(subject, by=notice.user)
    elif notice.action == "resume":
        yield rollout_resumed(subject, by=notice.user)
    elif notice.action == "promote-full":
        yield rollout_resumed(subject, done="promoted fully", by=notice.user)
