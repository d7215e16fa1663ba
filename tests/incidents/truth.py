"""What really happened in an incident that was played, for who writes down what is expected.

Run as `python -m tests.incidents.truth NAME`; it knows nothing of what the product makes of the bundle.
"""

import sys
from importlib import import_module

from tests.incidents.deployment import Deployment
from tests.incidents.incident import Incident


def main(name: str) -> None:
    """Print when each ReplicaSet's pods were created, ready and gone, and what containers died."""
    incident: Incident = import_module(f"tests.incidents.stories.{name.replace('-', '_')}").play()
    world = incident.world
    start = world.moment(incident.window[0])
    world.play()
    objects = world.objects(incident.event_ttl)
    kinds = [item["kind"] for item in objects]
    print(f"{name}: {len(objects)} objects, {kinds.count('Event')} Events, {kinds.count('Pod')} pods")
    for part in world.parts:
        if not isinstance(part, Deployment) or part.namespace in ("platform", "backoffice"):
            continue
        for one in part.sets:
            made = [
                pod
                for pod in part.all_pods
                if pod in one.pods and (pod.created >= start or (pod.deleted or start) > start or pod.container.last)
            ]
            if not made:
                continue
            lines = {
                "created": [pod.created for pod in made],
                "ready": [pod.ready_times[0][0] for pod in made if pod.ready_times],
                "deleted": [pod.deleted for pod in made if pod.deleted],
                "gone": [pod.ended for pod in made if pod.ended],
            }
            image = one.template["spec"]["containers"][0]["image"].rpartition("/")[2]
            print(f"  {part.namespace}/{part.name} {image} revision {one.revision}: {len(made)} pods")
            for what, times in lines.items():
                if times:
                    print(f"    {what:<8} {len(times):>3}  {min(times):%H:%M:%S} to {max(times):%H:%M:%S}")
            deaths = sorted(
                (pod.container.last["finishedAt"], pod.container.last["reason"], pod.container.restarts)
                for pod in made
                if pod.container.last
            )
            for death in deaths[:12]:
                print(f"    died     {death}")
        if part.completed >= start:
            print(f"    complete {part.completed:%H:%M:%S}; {part.progressing}")


if __name__ == "__main__":
    main(sys.argv[1])
