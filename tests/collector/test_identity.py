"""What is kept of versions answers as a comparison with each of them does."""

from hypothesis import given
from hypothesis import strategies as st

from collector.event import Identity
from collector.stories.identity import Versions, ids, same_version

_COMMITS = ["", "abcdef1", "abcdef12", "abcdef1234", "abcdef9876", "1234567"]
_KNOWN = st.builds(
    Identity,
    digest=st.sampled_from(["", "sha256:1", "sha256:2"]),
    version=st.sampled_from(["", "1.4.9", "latest"]),
    commit=st.sampled_from(_COMMITS),
    repository=st.sampled_from(["", "acme/shop", "Acme/shop", "acme/manifests"]),
)


@given(st.lists(_KNOWN, max_size=5), _KNOWN)
def test_a_version_was_seen_if_one_that_was_seen_is_the_same(seen: list[Identity], asked: Identity) -> None:
    versions = Versions()
    for one in seen:
        versions.add(one)
    assert (asked in versions) == any(same_version(one, asked) for one in seen)


@given(_KNOWN, _KNOWN)
def test_what_is_the_same_has_an_id_in_common(one: Identity, other: Identity) -> None:
    if same_version(one, other):
        assert set(ids(one)) & set(ids(other))
