"""The fields that contain people, hosts and free text, and the hosts that everybody knows."""

import re
from functools import lru_cache


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


PEOPLE = _set(
    """
    login username user actor author committer creator email mail useremail authoremail assignee reviewer approver
    approvedby createdby updatedby deletedby requestedby startedby triggeredby confirmedby initiatedby initiator
    triggeringactor sender requester performer impersonateduser modifiedby lastmodifiedby publishedby mergedby
    person member owneremail assignedto acknowledgedby resolvedby oncall
    """
)
"""Names of fields that contain a person: as text, or as an object with the name."""
NAMES = _set("name displayname fullname realname firstname lastname login username email mail")
"""Names of fields with the name, in the object of a person."""
ACCOUNT = _set("id nodeid avatarurl gravatarid")
"""Names of fields by which anybody can find an account; nothing reads them."""
GROUPS = _set("owner organization organisation org group namespace project")
"""Names of fields with an account that may not belong to a person."""
HOSTS = _set(
    """
    host hostname node nodename instance exportedinstance kubernetesnode machine server hostip podip ip ips clientip
    remoteaddr remoteip sourceips externalip kubernetesiohostname fqdn
    """
)
FREE_TEXT = _set(
    """
    message messages msg description summary title displaytitle note notes text comment comments body content details
    reasontext subject headline runbook log line lines impact annotation errormessage statusmessage changelog
    """
)
"""Names of fields in which even a single word is free text."""
TECHNICAL = _set("expr query expression errorquery totalquery ratioquery bucketsquery promql")
"""Names of fields with queries: only names are replaced in them."""

_PUBLIC = _set(
    """
    github.com api.github.com uploads.github.com ghcr.io gitlab.com docker.io registry-1.docker.io index.docker.io
    quay.io gcr.io registry.k8s.io k8s.gcr.io public.ecr.aws mcr.microsoft.com app.launchdarkly.com app.terraform.io
    api.flagsmith.com learn.microsoft.com docs.github.com docs.gitlab.com grafana.com developer.hashicorp.com
    cloud.google.com cdevents.dev slack.com prometheus.io opentelemetry.io
    """
)
_PUBLIC_ENDS = tuple(
    _set(
        """
        .kubernetes.io .k8s.io .argoproj.io .tekton.dev .fluxcd.io .helm.sh .longhorn.io .cattle.io .openshift.io
        .istio.io .cert-manager.io .cluster.local .svc .x-k8s.io .crossplane.io .knative.dev .keda.sh .linkerd.io
        .opencontainers.org .cncf.io .w3.org
        """
    )
)
_LETTERS = re.compile(r"[^a-z]")


@lru_cache(4096)
def field(name: str) -> str:
    """The name of a field in the form of the sets above: `created_by` and `createdBy` are one."""
    return _LETTERS.sub("", name.casefold())


def is_public(host: str) -> bool:
    """Whether a host is one of a public service, or of the domains in the field names of Kubernetes and its tools."""
    name = host.casefold().rstrip(".")
    return name in _PUBLIC or f".{name}".endswith(_PUBLIC_ENDS) or name == "localhost"
