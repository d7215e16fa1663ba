"""OpenShift's DeploymentConfigs, as the Events about them and their ReplicationControllers show them."""

from collector.event import Kind
from tests.sources.kubernetes.cluster import at, event, read


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
