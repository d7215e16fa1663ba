"""The version of a service, derived from the images that a deploy ships."""

from collections.abc import Iterable

from collector.event import Identity
from sources.cluster.image import ImageName, software


def shipped(images: Iterable[str], *names: str) -> Identity:
    """Version, digest and commit of the service's image.

    It is the only image, else the only one named like one of `names`. If there is no such image or several, nothing is
    known: the version of a sidecar is not that of the service.
    """
    distinct = sorted({image for image in images if image})
    called = [image for image in distinct if ImageName.of(image).name in names]
    service_images = called if len(called) == 1 else distinct
    if len(service_images) != 1:
        return Identity()
    runs = software({}, {"spec": {"containers": [{"name": "main", "image": service_images[0]}]}}, "main")
    return Identity(version=runs.version, digest=runs.digest, commit=runs.commit)
