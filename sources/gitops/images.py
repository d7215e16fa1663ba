"""What the images that a deploy ships reveal about the version of the service."""

from collections.abc import Iterable

from collector.event import Identity
from sources.cluster.image import ImageName, software


def shipped(images: Iterable[str], *names: str) -> Identity:
    """Version, digest and commit of the image that carries the service.

    It is the only image, else the only one that is called like one of `names`; where that leaves more than one, or
    none, nothing is known: a sidecar's version is not the service's.
    """
    distinct = sorted({image for image in images if image})
    called = [image for image in distinct if ImageName.of(image).name in names]
    service_images = called if len(called) == 1 else distinct
    if len(service_images) != 1:
        return Identity()
    runs = software({}, {"spec": {"containers": [{"name": "main", "image": service_images[0]}]}}, "main")
    return Identity(version=runs.version, digest=runs.digest, commit=runs.commit)
