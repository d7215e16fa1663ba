"""Which names are of one person, among thousands."""

from hypothesis import given
from hypothesis import strategies as st

from collector.people import parts, same
from collector.redaction.aliases import Aliases

_NAMES = st.lists(st.sampled_from(["maria", "ortiz", "dana", "reyes", "kim"]), min_size=1, max_size=3, unique=True)


# A name that comes again keeps its alias, whoever else is known by then.
@given(st.lists(_NAMES.map(" ".join), max_size=12, unique=True))
def test_a_name_is_of_whom_it_would_be_if_it_were_compared_with_every_other(names: list[str]) -> None:
    aliases, known = Aliases(), dict[frozenset[str], str]()
    for name in names:
        alias = aliases.of("person", name)
        who = same(parts(name), known)
        assert known.setdefault(who, alias) == alias
    assert len(set(known.values())) == len(known)


def test_a_name_without_a_letter_is_nobody_else() -> None:
    aliases = Aliases()
    assert aliases.of("person", "???") != aliases.of("person", "Maria Ortiz")
