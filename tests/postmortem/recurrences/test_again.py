"""Which failures came back: of thousands as of a few."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from collector.postmortem.recurrences.again import LaterFailures, followed, recurrences, same_type
from collector.postmortem.recurrences.report import Action, Postmortem, State
from tests.examples import examples

DAY = date(2026, 1, 1)


def names(*every: str) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(every), max_size=2, unique=True).map(tuple)


POSTMORTEMS = st.lists(
    st.builds(
        Postmortem,
        file=st.uuids().map(str),
        title=st.just(""),
        date=st.none() | st.dates(DAY, DAY + timedelta(days=6)),
        services=names("a", "b"),
        triggers=names("deploy", "node"),
        alerts=names("X", "Y"),
        parts=names("dns", "disk"),
    ),
    max_size=12,
)


@examples(25)
@given(POSTMORTEMS)
def test_the_first_of_its_type_is_found(every: list[Postmortem]) -> None:
    later = LaterFailures(every)
    for own in every:
        after = [one for one in every if own.date and one.date and one.date > own.date and same_type(own, one)]
        expected = min(after, key=lambda one: (str(one.date), one.file), default=None)
        found = later.first(own)
        assert (found and found.date) == (expected and expected.date)
        assert found is None or same_type(own, found)


@examples(25)
@given(POSTMORTEMS)
def test_types_are_mutual_and_every_postmortem_is_counted_once_by_each_name(every: list[Postmortem]) -> None:
    assert all(same_type(one, other) == same_type(other, one) for one in every for other in every)
    for one in recurrences(every):
        assert list(one.postmortems) == [each for each in every if one.value in each.values(one.by)]


def test_an_action_that_was_done_before_it_came_back_is_no_reproach() -> None:
    def failed(day: int, *actions: Action) -> Postmortem:
        return Postmortem(f"{day}.md", "", DAY + timedelta(days=day), ("a",), ("deploy",), actions=actions)

    def action(state: State, done: int | None = None) -> Action:
        return Action(1, "x", "", None, state, None if done is None else DAY + timedelta(days=done))

    actions = (
        action(State.DONE, 5),
        action(State.DONE, 15),
        action(State.DONE),
        action(State.OPEN),
        action(State.DROPPED),
    )
    found = followed([failed(0, *actions), failed(10)], DAY + timedelta(days=20))
    assert [one.came_back is not None for one in found] == [False, True, False, True, False]
