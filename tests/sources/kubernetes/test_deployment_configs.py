"""OpenShift's DeploymentConfigs, as the Events about them and their ReplicationControllers show them."""

import copy

from collector.event import Kind
from sources.kube_api.reduce import reduced
from tests.sources.kubernetes.cluster import Json, at, event, meta, read


def test_a_deployment_config_rolls_out_with_a_controller_of_its_name_whose_pods_are_its_own() -> None:
    def controller(reason: str, message: str, name: str, when: float) -> dict[str, object]:
        return event(reason, message, ("ReplicationController", name), at(when))

    made = 'Created new replication controller "web-12" for version 12'
    scaled = 'Scaled replication controller "web-11" from 3 to 2'
    quota = 'Error creating: pods "web-12-" is forbidden: exceeded quota: compute'
    events, _ = read(
        {
            "events": [
                event("DeploymentCreated", made, ("DeploymentConfig", "web"), at(60)),
                controller("FailedCreate", quota, "web-12", 70),
                event("ReplicationControllerScaled", scaled, ("DeploymentConfig", "web"), at(80)),
                controller("SuccessfulDelete", "Deleted pod: web-11-abcde", "web-11", 90),
                event("Killing", "Stopping container web", ("Pod", "web-12-fghij"), at(200)),
            ]
        }
    )
    found = [(one.kind, one.at, one.subject.workload, one.subject.service) for one in events]
    assert found == [
        (Kind.ROLLOUT_STARTED, at(60), "DeploymentConfig/web", "web"),
        (Kind.POD_START_FAILED, at(70), "DeploymentConfig/web", "web"),
        (Kind.OTHER, at(80), "DeploymentConfig/web", "web"),
        (Kind.POD_TERMINATED, at(90), "DeploymentConfig/web", "web"),
        (Kind.POD_TERMINATED, at(200), "DeploymentConfig/web", "web"),
    ]
    assert (events[0].keys.replica_set, events[0].keys.revision) == ("web-12", "12")


def test_a_message_that_names_no_controller_is_no_rollout() -> None:
    events, _ = read({"events": [event("DeploymentCreated", "Created it", ("DeploymentConfig", "web"), at(60))]})
    assert [one.kind for one in events] == [Kind.OTHER]


def rollout(number: int, image: str, made: float, ended: float, phase: str = "Complete", **notes: str) -> Json:
    """As the controllers of OpenShift write it, reduced to what is kept."""
    own = {"deployment": f"web-{number}", "deploymentconfig": "web"}
    known = {
        "openshift.io/deployment-config.name": "web",
        "openshift.io/deployment-config.latest-version": str(number),
        "openshift.io/deployment.phase": phase,
        "openshift.io/deployer-pod.completed-at": f"{at(ended):%Y-%m-%d %H:%M:%S} +0000 UTC",
        "openshift.io/encoded-deployment-config": "PASSWORD=hunter2",
        **notes,
    }
    owner = {"kind": "DeploymentConfig", "name": "web", "uid": "dc", "controller": True}
    labels = {"app": "web-frontend", "openshift.io/deployment-config.name": "web"}
    template = {
        "metadata": {
            "labels": {"app": "web-frontend", **own},
            "annotations": {"openshift.io/deployment.name": own["deployment"]},
        },
        "spec": {"containers": [{"name": "web", "image": image}]},
    }
    known_meta = meta("ReplicationController", f"web-{number}", at(made), labels=labels, annotations=known)
    item = {"metadata": {**known_meta, "ownerReferences": [owner]}, "spec": {"replicas": 0, "template": template}}
    kept = reduced(copy.deepcopy(item))
    assert "hunter2" not in repr(kept)
    return kept


def test_each_replication_controller_is_a_rollout_with_its_version_and_its_end() -> None:
    made = 'Created new replication controller "web-13" for version 13'
    events, gaps = read(
        {
            "events": [event("DeploymentCreated", made, ("DeploymentConfig", "web"), at(60))],
            "replicationcontrollers": [
                rollout(11, "registry.example.com/shop/web:1.4.9", -9000, -8900),
                rollout(12, "registry.example.com/shop/web:1.4.8", -5000, -4900, "Failed"),
                rollout(13, "registry.example.com/shop/web:1.5.0", 60, 200),
                rollout(14, "registry.example.com/shop/web:1.4.9", 600, 680),
                {**rollout(1, "x", 0, 0), "metadata": {"name": "by-hand", "namespace": "shop"}},
            ],
        }
    )
    assert not [gap for gap in gaps if "could not be read" in gap.reason]
    found = [(one.kind, one.at, one.keys.version, one.keys.replaces) for one in events if one.at >= at(0)]
    assert found == [
        # The Event and the object are about the same start.
        *[(Kind.ROLLOUT_STARTED, at(60), "1.5.0", "1.4.9")] * 2,
        (Kind.ROLLOUT_COMPLETED, at(200), "1.5.0", "1.4.9"),
        (Kind.ROLLBACK_STARTED, at(600), "1.4.9", "1.5.0"),
        (Kind.ROLLBACK_COMPLETED, at(680), "1.4.9", "1.5.0"),
    ]
    started = [one for one in events if one.at == at(60)]
    assert len({one.merge_key for one in started}) == 1
    assert {(one.subject.workload, one.subject.service) for one in events} == {("DeploymentConfig/web", "web-frontend")}
    (failed,) = [one for one in events if one.kind == Kind.ROLLOUT_ABORTED]
    assert failed.at == at(-4900)


def test_a_cancelled_rollout_is_aborted_for_that_reason() -> None:
    why = {
        "openshift.io/deployment.cancelled": "true",
        "openshift.io/deployment.status-reason": "cancelled by the user",
    }
    events, _ = read({"replicationcontrollers": [rollout(12, "web:1.5.0", 60, 90, "Failed", **why)]})
    assert [(one.kind, one.at, one.reason) for one in events] == [
        (Kind.ROLLOUT_STARTED, at(60), ""),
        (Kind.ROLLOUT_ABORTED, at(90), "cancelled by the user"),
    ]
    running = read({"replicationcontrollers": [rollout(12, "web:1.5.0", 60, 0, "Running")]})[0]
    assert [one.kind for one in running] == [Kind.ROLLOUT_STARTED]
