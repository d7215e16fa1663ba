"""Names of people in spellings and places in which accounts, URLs and encodings have them."""

import base64
import json

import pytest

from collector.redaction.rewrite import Rewriter
from collector.redaction.survey import Survey

KNOWN = {"author": {"name": "Zoë Mühlquill", "email": "zoe@magrathea.example"}, "actor": "Zaphod Quillfeather"}


def redacted(document: str) -> str:
    survey = Survey()
    for text in (json.dumps(KNOWN), document):
        survey.text(text)
    return Rewriter(survey).document(document)


@pytest.mark.parametrize(
    ("value", "new"),
    [
        ("x/zoe.muehlquill", "1"),
        ("x/zoe-muhlquill", "1"),
        ("x/zmuehlquill", "1"),
        ("x/z.quillfeather", "2"),
        ("x/zquillfeather", "2"),
        ("x/" + "".join(f"%{byte:02X}" for byte in b"Zaphod Quillfeather"), "2"),
    ],
)
def test_a_known_person_in_another_spelling_has_the_same_alias(value: str, new: str) -> None:
    known = json.loads(redacted(json.dumps(KNOWN)))
    aliases = {"1": known["author"]["name"], "2": known["actor"]}
    assert json.loads(redacted(json.dumps({"id": value}))) == {"id": f"x/{aliases[new]}"}


@pytest.mark.parametrize(
    ("value", "name"),
    [
        ("arn:aws:sts::1:assumed-role/Admin/fordprefect@magrathea.example", "fordprefect"),
        ("postgres://marvinpar:secret@db-99.magrathea.example/shop", "marvinpar"),
        ("ssh://deepthought@db-99.magrathea.example", "deepthought"),
    ],
)
def test_the_account_in_an_address_is_a_person(value: str, name: str) -> None:
    new = redacted(json.dumps({"id": value}))
    assert name not in new
    assert "person-" in new


def test_the_account_behind_a_domain_of_windows_is_a_person() -> None:
    assert "fordprefect" not in redacted(json.dumps({"user": "EARTH\\fordprefect"}))


def test_what_is_encoded_twice_is_found() -> None:
    once = base64.b64encode(b"owner: Zaphod Quillfeather, and others")
    data = json.loads(redacted(json.dumps({"data": base64.b64encode(once).decode()})))["data"]
    inner = base64.b64decode(base64.b64decode(data)).decode()
    assert "Quillfeather" not in inner
    assert inner.startswith("owner: person-")
