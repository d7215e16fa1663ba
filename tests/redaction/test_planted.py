"""A name that stands in a bundle once as a name is found in every other place, however it is written there."""

import base64
import gzip
import html
import json
from collections.abc import Callable
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.redaction.rewrite import Rewriter
from collector.redaction.survey import Survey
from tests.examples import examples
from tests.redaction.redacting import traces

PERSON, MAIL, HOST, SHORT, IPV4, IPV6 = (
    "Zaphod Quillfeather",
    "zaphod.quillfeather@magrathea.example",
    "db-17.magrathea.internal",
    "db-17",
    "10.42.17.233",
    "2001:db8:4f2::17",
)
KNOWN = {"author": {"name": PERSON, "email": MAIL}, "spec": {"nodeName": HOST}, "status": {"podIP": IPV4}}
"""A document in whose fields the names are known for what they are."""

PLACES: dict[str, Callable[[str], str]] = {
    "value": lambda name: json.dumps({"deep": [{"er": name}]}),
    "key": lambda name: json.dumps({name: 1}),
    "part of a value": lambda name: json.dumps({"id": f"shop/{name}/x"}),
    "label": lambda name: json.dumps({"metric": {"__name__": "up", "instance": f"{name}:9100"}}),
    "sentence": lambda name: json.dumps({"message": f"rolled back by {name}, see above"}),
    "url": lambda name: json.dumps({"link": f"https://wiki.example.com/~{name}/page"}),
    "query string": lambda name: json.dumps({"link": f"https://x.example.com/?q=1&by={quote(name, safe='')}&z=2"}),
    "form": lambda name: json.dumps({"link": f"/find?who={quote_plus(name)}"}),
    "twice quoted": lambda name: json.dumps({"link": f"/to?url={quote(quote(name, safe=''), safe='')}"}),
    "json in json": lambda name: json.dumps({"data": json.dumps({"a": {"b": name, name: 2}})}),
    "json in json in json": lambda name: json.dumps({"data": json.dumps([json.dumps({"b": f"x {name} y"})])}),
    "escaped": lambda name: json.dumps({"data": json.dumps(f"\n{name}\t")}),
    "html": lambda name: json.dumps({"body": f"<b>{html.escape(name)}</b>"}),
    "base64": lambda name: json.dumps({"data": base64.b64encode(f"user: {name}, more text".encode()).decode()}),
    "base64 without its end": lambda name: json.dumps(
        {"data": base64.urlsafe_b64encode(f"owner={name};".encode()).decode().rstrip("=")}
    ),
    "base64 of JSON": lambda name: json.dumps({"data": base64.b64encode(json.dumps({"by": name}).encode()).decode()}),
    "base64 in a path": lambda name: json.dumps(
        {"link": "/x/" + base64.b64encode(f"continue after {name}".encode()).decode().replace("=", "%3D") + "/y"}
    ),
    "compressed": lambda name: json.dumps(
        {"data": base64.b64encode(gzip.compress(json.dumps({"by": [name] * 9}).encode())).decode()}
    ),
    "json lines": lambda name: "\n".join([json.dumps({"log": f"hello {name}"}), json.dumps({"log": name})]),
    "plain text": lambda name: f"- 14:12 {name} restarts it\n- 14:13 then ({name}) waits",
    "logfmt": lambda name: f'ts=2026-04-01T14:00:00Z who="{name}" msg="as asked"',
    "csv": lambda name: f"time,who\n14:12,{name}\n14:13,{name}",
    "promql": lambda name: json.dumps({"expr": f'up{{instance="{name}"}} == 0'}),
    "upper case": lambda name: json.dumps({"note": name.upper()}),
}


def rewriter(*documents: str) -> Rewriter:
    survey = Survey()
    for document in documents:
        survey.text(document)
    return Rewriter(survey)


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("name", [PERSON, MAIL, HOST, SHORT, IPV4, IPV6])
def test_a_planted_name_is_replaced(place: str, name: str) -> None:
    document = PLACES[place](name)
    assert traces(document, name), "the name is there, and is seen"
    made = rewriter(json.dumps(KNOWN), document)
    new = made.document(document)
    assert traces(new, name) == []
    if document.lstrip()[:1] in "{[" and place != "json lines":
        assert isinstance(json.loads(new), dict)


@pytest.mark.parametrize(
    "spelled", ["zaphod-quillfeather", "zaphod.quillfeather", "Zaphod_Quillfeather", "@ZaphodQuillfeather"]
)
def test_a_person_has_one_alias_however_they_are_spelled(spelled: str) -> None:
    document = json.dumps({"actor": spelled, "id": f"x/{spelled}/y"})
    made = rewriter(json.dumps(KNOWN), document)
    assert json.loads(made.document(document)) == {
        "actor": spelled[:1].strip("zZ") + "person-1",
        "id": "x/person-1/y",
    } or (json.loads(made.document(document))["id"].strip("x/@y") == "person-1")


def test_free_text_keeps_only_words_that_everybody_uses() -> None:
    made = rewriter(json.dumps({"metadata": {"namespace": "shop"}, "service": "checkout"}))
    text = made.document(
        "- 14:12 Contoso reports that checkout fails since the deploy of 1.5.0, Björn and 王伟 restart it"
    )
    assert text == (
        "- 14:12 text-1 reports that checkout fails since the deploy of 1.5.0, text-2 and text-3 restart it"
    )
    assert made.document("Contoso again") == "text-1 again"


def test_versions_digests_and_the_names_of_fields_stay() -> None:
    document = json.dumps(
        {
            "image": "ghcr.io/acme/checkout@sha256:" + "0a" * 32,
            "tag": "v1.2.3.4",
            "labels": {"app.kubernetes.io/name": "checkout", "rollouts.argoproj.io/revision": "3"},
            "time": "2026-04-01T14:02:05Z",
            "clock": "14:02:05",
            "url": "https://api.github.com/repos/acme/checkout",
            "host": "checkout.shop.svc.cluster.local",
        }
    )
    assert rewriter(document).document(document) == document


def test_a_person_who_is_called_as_a_field_is_replaced_where_only_a_person_can_be_meant() -> None:
    document = json.dumps({"deploy": {"actor": "deploy"}, "message": "Deploy asks to deploy again"})
    assert json.loads(rewriter(document).document(document)) == {
        "deploy": {"actor": "person-1"},
        "message": "person-1 asks to deploy again",
    }


def test_an_alias_that_is_taken_is_not_given_again() -> None:
    document = json.dumps({"host": "host-1", "actor": "person-1", "node": "worker-7.lan"})
    new = json.loads(rewriter(document).document(document))
    assert set(new.values()).isdisjoint({"host-1", "person-1", "worker-7.lan"})


def test_the_number_of_an_account_is_left_out() -> None:
    document = json.dumps(
        {"actor": {"login": "zq", "id": 4711, "node_id": "U_x", "avatar_url": "https://a.example/u/4711"}}
    )
    assert json.loads(rewriter(document).document(document)) == {
        "actor": {"login": "person-1", "id": 0, "node_id": None, "avatar_url": None}
    }


def test_two_fields_called_after_one_person_stay_two() -> None:
    document = json.dumps({"actor": "Maria Ortiz", "count": {"maria-ortiz": 1, "Maria Ortiz": 2}})
    assert json.loads(rewriter(document).document(document))["count"] == {"person-1": 1, "person-1-2": 2}


@pytest.mark.parametrize(
    "deep", ["[" * 3000 + "]" * 3000, "[" * 400 + "]" * 400, '{"a":' * 500 + '"Contoso is down"' + "}" * 500]
)
def test_what_is_nested_deep_is_a_text(deep: str) -> None:
    assert "Contoso" not in rewriter(deep).document(deep)


@pytest.mark.thorough
def test_thousands_of_hosts_are_found_at_once() -> None:
    hosts = [f"worker-{number}.rack-{number % 7}.lan" for number in range(3000)]
    documents = [json.dumps({"nodeName": host, "message": f"pods of {host} are ready"}) for host in hosts]
    made = rewriter(*documents)
    new = json.loads(made.document(documents[42]))
    assert new == {"nodeName": new["nodeName"], "message": f"pods of {new['nodeName']} are ready"}
    assert len({made.name(host) for host in hosts}) == len(hosts)


WORDS = st.from_regex(r"[b-df-hj-np-tv-z]{6,9}", fullmatch=True)
PEOPLE = st.builds(lambda one, two, gap: f"{one}{gap}{two}", WORDS, WORDS, st.sampled_from([" ", ".", "-", "_"]))
HOSTS = st.builds(lambda one, number, end: f"{one}-{number}{end}", WORDS, st.integers(1, 99),
                  st.sampled_from(["", ".internal", ".example.com", ".corp.example.net"]))  # fmt: skip
ADDRESSES = st.one_of(
    st.builds(lambda a, b: f"10.{a}.{b}.{a}", st.integers(20, 255), st.integers(10, 255)),
    st.builds(lambda a: f"fd00:{a:x}::{a:x}", st.integers(0x1000, 0xFFFF)),
    st.builds("{}@{}.example.org".format, WORDS, WORDS),
)


@examples(20)
@given(PEOPLE, HOSTS, ADDRESSES, st.lists(st.sampled_from(sorted(PLACES)), min_size=3, max_size=3))
def test_any_name_is_replaced_in_any_place(person: str, host: str, address: str, places: list[str]) -> None:
    known = json.dumps({"user": {"username": person}, "spec": {"nodeName": host}})
    names = (person, host, address)
    documents = [PLACES[place](name) for place, name in zip(places, names, strict=True)]
    made = rewriter(known, *documents)
    new = [made.document(document) for document in (known, *documents)]
    assert [traces(text, name) for text in new for name in names if traces(text, name)] == []
    assert [made.document(document) for document in (known, *documents)] == new


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=12,
)


@examples(50)
@given(JSON.map(json.dumps) | st.text(max_size=60))
def test_any_document_keeps_its_form(text: str) -> None:
    new = rewriter(text).document(text)
    try:
        old = json.loads(text)
    except (ValueError, RecursionError):
        return
    if isinstance(old, (dict, list)):
        assert _form(json.loads(new)) == _form(old)


def _form(content: object) -> object:
    """Lists, numbers and how many fields there are; two fields may not become one."""
    if isinstance(content, dict):
        return [_form(value) for value in content.values()]
    if isinstance(content, list):
        return [_form(value) for value in content]
    return "text" if isinstance(content, str) else content


def test_a_first_name_in_a_note_is_replaced_where_its_account_is_in_an_address() -> None:
    account = '{"user": {"username": "mirela-popescu", "web_url": "https://gitlab.example/mirela-popescu"}}'
    made = rewriter(account).document("16:17 payments fail, Mirela rolls back", ("note",))
    assert "Mirela" not in made
    assert made.endswith(" rolls back")


def test_a_password_in_a_url_stays_nowhere() -> None:
    text = json.dumps({"message": "dial postgres://shop:correct-horse@db-17:5432/shop failed"})
    assert "correct-horse" not in Rewriter(Survey()).document(text)
