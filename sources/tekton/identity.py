"""The service that a run is about, and the identity of what it ships."""

import re
from collections.abc import Mapping

from msgspec.structs import replace

from collector.event import Identity, Subject
from sources.cluster.image import ImageName, plain, software
from sources.tekton.items import Run
from sources.tekton.settings import Meaning

_SHA = re.compile(r"[0-9a-f]{7,64}")
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
_REPOSITORY = re.compile(r"(?:.*[/:])?([\w.-]+/[\w.-]+?)(?:\.git)?/?", re.ASCII)
_AFFIX = re.compile(r"^(?:deploy|rollback|promote)[-_]|[-_](?:deploy(?:ment)?|rollback|promote|pipeline)$")


def known_of(run: Run, parent: Run | None) -> Mapping[Meaning, str]:
    """The values that the run names, else those of its parent run."""
    return {**(parent.known if parent is not None else {}), **run.known}


def subject_of(run: Run, parent: Run | None) -> Subject:
    """The service in a parameter or label, else the name of the image or the repository, else that of the Pipeline.

    Namespace and cluster stay empty, because those of the run are not those it deploys to.
    """
    known = known_of(run, parent)
    repository = _REPOSITORY.fullmatch(known.get("repository", ""))
    whole = parent if parent is not None else run
    service = (
        known.get("service")
        or ImageName.of(known.get("image", "")).name
        or (repository[1].partition("/")[2] if repository else "")
        or _AFFIX.sub("", whole.of)
    )
    return Subject(service=service, environment=known.get("environment", ""))


def keys_of(run: Run, parent: Run | None) -> Identity:
    """Version, digest and commit. A branch as the revision identifies nothing."""
    known = known_of(run, parent)
    image = software({}, {"spec": {"containers": [{"name": "main", "image": known.get("image", "")}]}}, "main")
    commit, digest, version = known.get("commit", "").lower(), known.get("digest", ""), known.get("version", "")
    repository = _REPOSITORY.fullmatch(known.get("repository", ""))
    sha = _SHA.fullmatch(version)
    whole = parent if parent is not None else run
    keys = Identity(
        version=image.version if sha or not version else plain(version),
        digest=digest if _DIGEST.fullmatch(digest) else image.digest,
        commit=commit if _SHA.fullmatch(commit) else version if sha and not version.isdecimal() else image.commit,
        run=f"{whole.namespace}/{whole.name}",
        run_number=whole.name,
    )
    return replace(keys, repository=repository[1] if repository and keys.commit else "")
