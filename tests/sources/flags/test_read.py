"""What the entries of audit logs of flags mean, who is behind them, and which service a flag belongs to."""

from typing import Any

import pytest

from collector.event import Kind
from tests.sources.flags.logs import document, flagsmith, ld, read, told, unleash

BY = "(by dana@acme.example)"
ORGANISATION = {"organisation": 1}


def of_ld(*entries: dict[str, Any], **settings: Any) -> Any:
    return read("launchdarkly", [document("auditlog", {"items": entries})], projects=["shop"], **settings)


def of_unleash(*events: dict[str, Any], **settings: Any) -> Any:
    return read("unleash", [document("events", {"events": events, "total": len(events)})], **settings)


def of_flagsmith(*entries: dict[str, Any], **settings: Any) -> Any:
    return read("flagsmith", [document("audit", {"results": entries, "next": None})], **ORGANISATION, **settings)


@pytest.mark.parametrize(
    ("actions", "known", "words"),
    [
        (["updateOn"], {"verb": "turned on the flag"}, f"Flag new-checkout turned on in production {BY}"),
        (["updateOn"], {"verb": "turned off the flag"}, f"Flag new-checkout turned off in production {BY}"),
        (
            ["updateOn", "updateFallthrough"],
            {"description": "* Turned the flag off\n* Changed the default variation from ~~`a`~~ to `b`"},
            f"Flag new-checkout turned off in production {BY}",
        ),
        (["updateOn"], {"description": "* Something new"}, f"Flag new-checkout turned on or off in production {BY}"),
        (["updateRules"], {}, f"Flag new-checkout rules changed in production {BY}"),
        (
            ["updateRules", "updateFallthrough"],
            {},
            f"Flag new-checkout default rule changed and rules changed in production {BY}",
        ),
        (["updateSomethingNew"], {}, f"Flag new-checkout changed in production {BY}"),
        (["deleteFlag"], {"environment": "*"}, f"Flag new-checkout deleted {BY}"),
        (
            ["updateGlobalArchived"],
            {"environment": "*", "verb": "archived the flag"},
            f"Flag new-checkout archived {BY}",
        ),
        (["updateIncluded"], {"what": "segment/beta"}, f"Segment beta targets changed in production {BY}"),
        (
            ["updateAIConfigTargeting"],
            {"what": "aiconfig/support-bot"},
            f"AI Config support-bot targeting changed in production {BY}",
        ),
        (
            ["updateAIConfig"],
            {"what": "aiconfig/support-bot", "verb": "archived the AI Config"},
            f"AI Config support-bot archived in production {BY}",
        ),
    ],
)
def test_launchdarkly(actions: list[str], known: dict[str, Any], words: str) -> None:
    events, gaps = of_ld(ld("1", "14:02:00", actions, **known))
    assert (told(events), gaps) == ([f"14:02:00 {words}"], [])


@pytest.mark.parametrize(
    ("actions", "kind"),
    [
        (["updateAIConfigVariation"], Kind.FLAG_CHANGED),
        (["deleteAIConfigVariation", "updateAIConfig"], Kind.FLAG_CHANGED),
        (["deleteAIConfig"], Kind.FLAG_CHANGED),
        (["createAIConfig"], Kind.OTHER),
        (["updateAIConfig"], Kind.OTHER),
    ],
)
def test_an_ai_config_has_no_environment_but_for_its_targeting(actions: list[str], kind: Kind) -> None:
    entry = ld("1", "14:02:00", [])
    place = "proj/shop;team-a:aiconfig/support-bot;pay"
    entry["accesses"] = [{"action": action, "resource": place} for action in actions]
    ((event,), gaps) = of_ld(entry, services_by_tag={"pay": "payments"})
    assert (event.kind, event.subject.environment, event.subject.service) == (kind, "", "payments")
    assert (event.keys.flag, gaps) == ("AI Config support-bot", [])


@pytest.mark.parametrize(
    "action", ["createFlag", "updateScheduledChanges", "updateDescription", "createApprovalRequest"]
)
def test_what_changes_nothing_for_users_is_no_change_of_the_flag(action: str) -> None:
    ((event,), _) = of_ld(ld("1", "14:02:00", [action]))
    assert event.kind == Kind.OTHER


@pytest.mark.parametrize(
    ("known", "words", "automated"),
    [
        ({"member": None, "token": {"name": "deploy-bot"}}, "(automatically, by token deploy-bot)", True),
        ({"token": {"name": "ci", "serviceToken": True}}, "(automatically, by token ci)", True),
        ({"member": None, "app": {"name": "Slack"}}, "(automatically, by Slack)", True),
        ({"member": None}, "(automatically)", True),
        ({"app": {"name": "Slack"}}, "(by dana@acme.example with Slack)", False),
        ({"member": {"firstName": "Dana"}}, "(by Dana)", False),
    ],
)
def test_automation_is_no_person(known: dict[str, Any], words: str, automated: bool) -> None:
    ((event,), _) = of_ld(ld("1", "14:02:00", ["updateOn"], "turned on the flag", **known))
    assert event.summary == f"Flag new-checkout turned on in production {words}"
    assert event.numbers == {"on": 1.0} | ({"automated": 1.0} if automated else {})


def test_an_entry_about_several_environments_or_flags() -> None:
    places = ["proj/shop:env/production:flag/a", "proj/shop:env/staging:flag/a", "proj/shop;x:env/eu;y:flag/b;pay,old"]
    entry = ld("1", "14:02:00", [])
    entry["accesses"] = [{"action": "updateRules", "resource": place} for place in [*places, "proj/shop:env/eu"]]
    events, gaps = of_ld(entry, services_by_tag={"pay": "payments"})
    assert [one.summary for one in events] == [f"Flag a rules changed {BY}", f"Flag b rules changed in eu {BY}"]
    assert [one.subject.service for one in events] == ["", "payments"]
    assert gaps == []


@pytest.mark.parametrize(
    ("type_", "known", "words"),
    [
        ("feature-environment-enabled", {}, f"Flag new-checkout turned on in production {BY}"),
        ("feature-environment-disabled", {}, f"Flag new-checkout turned off in production {BY}"),
        ("feature-strategy-add", {}, f"Flag new-checkout strategy added in production {BY}"),
        (
            "feature-strategy-update",
            {"preData": {"parameters": {"rollout": "10"}}, "data": {"parameters": {"rollout": "50"}}},
            f"Flag new-checkout rollout changed from 10% to 50% in production {BY}",
        ),
        ("feature-archived", {"environment": None}, f"Flag new-checkout archived {BY}"),
        (
            "segment-updated",
            {"featureName": None, "environment": None, "project": None, "data": {"name": "beta"}},
            f"Segment beta changed {BY}",
        ),
        (
            "project-environment-removed",
            {"featureName": None},
            f"Project shop has all its flags off in production {BY}",
        ),
        (
            "feature-environment-disabled",
            {"createdBy": "unleash_system_user", "createdByUserId": -1337},
            "Flag new-checkout turned off in production (automatically, by Unleash)",
        ),
        (
            "feature-environment-disabled",
            {"createdBy": "migration", "createdByUserId": None},
            "Flag new-checkout turned off in production (automatically, by Unleash)",
        ),
        (
            "feature-environment-disabled",
            {"createdBy": "unknown", "createdByUserId": None},
            "Flag new-checkout turned off in production",
        ),
    ],
)
def test_unleash(type_: str, known: dict[str, Any], words: str) -> None:
    events, gaps = of_unleash(unleash(1, "14:02:00", type_, **known))
    assert (told(events), gaps) == ([f"14:02:00 {words}"], [])


@pytest.mark.parametrize("type_", ["feature-created", "feature-stale-on", "feature-tagged", "change-request-created"])
def test_of_unleash_what_changes_nothing_is_no_change(type_: str) -> None:
    assert told(of_unleash(unleash(1, "14:02:00", type_))[0]) == []


def test_unleash_of_old_versions_has_milliseconds_and_other_events_have_no_flag() -> None:
    old = unleash(1, "14:02:00", "feature-environment-enabled", createdAt=1775052120123)
    login = unleash(2, "14:03:00", "user-created", featureName=None)
    staging = unleash(3, "14:04:00", "feature-environment-enabled", environment="staging")
    events, gaps = of_unleash(old, login, staging, environments=["production"])
    assert ([f"{one.at:%H:%M:%S.%f}" for one in events], gaps) == (["14:02:00.123000"], [])


@pytest.mark.parametrize(
    ("log", "words"),
    [
        ("Flag state updated for feature: new-checkout", f"Flag new-checkout state changed in production {BY}"),
        ("Remote config value updated for feature: limit", f"Flag limit value changed in production {BY}"),
        ("New version published for feature: limit", f"Flag limit new version published in production {BY}"),
        (
            "Scheduled change to Flag state / Remote config value went live for feature: a by Change Request: CR 1",
            f"Flag a changed by its schedule in production {BY}",
        ),
        (
            "Flag state / Remote config value updated for feature 'a' and segment 'beta'",
            f"Flag a override changed for segment beta in production {BY}",
        ),
        (
            "Phased rollout split changed from '10%' to '50%' for feature 'a' by release pipeline 'p' (stage: 's')",
            f"Flag a rollout changed from 10% to 50% in production {BY}",
        ),
        ("Segment updated: beta", f"Segment beta changed in production {BY}"),
        # Older versions have one sentence for both.
        (
            "Flag state / Remote Config value updated for feature: a",
            f"Flag a state or value changed in production {BY}",
        ),
    ],
)
def test_flagsmith(log: str, words: str) -> None:
    events, gaps = of_flagsmith(flagsmith(1, "14:02:00", log))
    assert told(events) == [f"14:02:00 {words}"]
    assert [gap.reason for gap in gaps] == (
        ["what is new in the published versions of limit was not asked: whether they are on, and for whom"]
        if "version" in log
        else []
    )


def test_flagsmith_has_whether_it_was_turned_on_in_the_details_and_no_author_where_no_person_did_it() -> None:
    entry = flagsmith(7, "14:02:00", "Flag state updated for feature: a", author=None)
    details = {**entry, "change_details": [{"field": "enabled", "old": False, "new": True}]}
    events, _ = read(
        "flagsmith", [document("details", details), document("audit", {"results": [entry]})], **ORGANISATION
    )
    assert told(events) == ["14:02:00 Flag a turned on in production (automatically)"]
    assert events[0].numbers == {"on": 1.0, "automated": 1.0}


def test_flagsmith_sentences_of_flags_that_are_not_understood_are_counted_and_quoted() -> None:
    entries = [
        flagsmith(1, "14:02:00", "Flag did a backflip: a"),
        flagsmith(2, "14:03:00", "Flag did another"),
        flagsmith(3, "14:04:00", "Environment updated: eu", "ENVIRONMENT"),
        flagsmith(4, "14:05:00", "Flag state / Remote config value updated for feature 'a' and identity 'user-1'"),
    ]
    events, gaps = of_flagsmith(*entries)
    assert [one.kind for one in events] == [Kind.OTHER]
    (gap,) = gaps
    assert gap.reason == ('audit: 2 entries are not understood and were left out, the first "Flag did a backflip: a"')


def test_the_service_is_found_by_name_then_by_tag_then_by_project() -> None:
    rules = {
        "services": {"new-*": "web", "new-check*": "checkout", "new-search": "search"},
        "services_by_tag": {"payments": "pay"},
        "services_by_project": {"shop": "shopfront"},
    }
    flags = ["new-checkout", "new-search", "new-x", "old"]
    tagged, _ = of_unleash(
        *(unleash(n, "14:02:00", "feature-archived", featureName=flag) for n, flag in enumerate(flags)), **rules
    )
    assert [one.subject.service for one in tagged] == ["checkout", "search", "web", "pay"]
    bare, _ = of_unleash(unleash(1, "14:02:00", "feature-archived", featureName="old", tags=[]), **rules)
    assert [one.subject.service for one in bare] == ["shopfront"]


def test_a_page_that_comes_twice_is_read_once_and_a_broken_entry_is_counted() -> None:
    good = ld("1", "14:02:00", ["updateOn"], "turned on the flag")
    page = document("auditlog", {"items": [good, {"_id": "2"}, None]})
    events, gaps = read("launchdarkly", [page, page], projects=["shop"])
    assert len(events) == 1
    assert [gap.reason for gap in gaps] == ["auditlog: 2 of 3 could not be read and were left out"] * 2
