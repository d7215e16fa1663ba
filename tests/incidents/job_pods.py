"""Pods that another system makes, each for one task: of builds, of users, of CI. Their owner is no workload."""

from datetime import datetime

from tests.incidents.containers import Behaviour
from tests.incidents.ids import Object, uid
from tests.incidents.nodes import Node
from tests.incidents.pods import Pod
from tests.incidents.recorder import About
from tests.incidents.world import World


def task_pod(world: World, namespace: str, kind: str, name: str, behaviour: Behaviour) -> Pod:
    """A pod that is made now, and has no node yet."""
    template: Object = {
        "metadata": {"labels": {"component": kind.lower()}},
        "spec": {
            "containers": [{"name": "main", "image": "registry.example.com/prod/user-image:3f1c"}],
            "restartPolicy": "Never",
            "terminationGracePeriodSeconds": 30,
            "dnsPolicy": "ClusterFirst",
            "schedulerName": "default-scheduler",
            "securityContext": {},
        },
    }
    owner = About(kind, namespace, name, uid(kind, name), "hub.example.org/v1")
    pod = Pod(world, owner, name, template, behaviour)
    world.parts.append(pod)
    return pod


def waiting_for_room(pod: Pod, times: list[datetime], why: str) -> None:
    """The scheduler reports at each of these times that no node has room."""
    for at in times:
        pod.world.at(at, lambda: pod.bind(None, why))


def running(pod: Pod, node: Node, since: datetime) -> None:
    """It has run since."""
    pod.settle(node, since)
