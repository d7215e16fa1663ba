import builtins
import socket
import sys
from datetime import UTC, datetime
from typing import Any

import pytest

from collector.secrets import Scrubber
from collector.source import BadAnswer, Deadline, Denied, RateLimited, SourceError, Unreachable
from sources.aws.reduce import reduced
from tests.servers.aws import Refusal
from tests.servers.faulty import faulty
from tests.sources.aws.account import SECRET, WINDOW, Account, at, fetched, source

pytestmark = pytest.mark.usefixtures("models_of_aws")


@pytest.fixture(autouse=True)
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "example-of-a-secret-key")


def _time(sent: object) -> datetime:
    """As CBOR has it, or JSON."""
    return sent if isinstance(sent, datetime) else datetime.fromtimestamp(float(str(sent)), UTC)


def everything() -> Account:
    account = Account()
    account.deploy("d-A1", "14:01:00", "Succeeded", startTime=at("14:01:20"), completeTime=at("14:05:00"))
    account.deploy("d-B2", "14:11:00", "InProgress")
    account.release("k1", "14:01:00", "SUCCESSFUL", finishedAt=at("14:06:30"))
    account.release("k2", "14:10:00", "IN_PROGRESS", service="search")
    for number, day in ((1, 20), (2, 21), (3, 28)):
        account.configure(number, at("12:00:00", 1).replace(month=3, day=day), "COMPLETE")
    account.configure(4, at("14:10:00"), "DEPLOYING")
    return account


def test_every_listing_is_followed_to_its_end_and_that_of_configurations_to_72_hours_before_the_window() -> None:
    account = everything()
    documents, gaps = fetched(account)
    assert gaps == []
    calls: dict[str, int] = {}
    for operation, _ in account.asked:
        calls[operation] = calls.get(operation, 0) + 1
    assert calls == {
        "ListDeployments": 2 + 2, "BatchGetDeployments": 1, "ListClusters": 1, "ListServices": 2, "DescribeServices": 1,
        "ListServiceDeployments": 2, "DescribeServiceDeployments": 1, "DescribeServiceRevisions": 1,
        "ListApplications": 1, "ListEnvironments": 1, "GetDeployment": 1,
    }  # fmt: skip
    assert len(documents) == len(account.asked)
    span = next(params for operation, params in account.asked if operation == "ListDeployments")["createTimeRange"]
    assert {_time(span["start"]), _time(span["end"])} == {at("14:00:00").replace(month=3, day=29), at("14:30:00")}
    assert documents[0].asked.startswith("POST http://127.0.0.1:")
    assert '/ ListDeployments {"createTimeRange": {"start": "2026-03-29T14:00:00+00:00"' in documents[0].asked


def test_contents_of_revisions_are_not_kept() -> None:
    documents, _ = fetched(everything())
    assert any("d-A1" in one.text for one in documents)
    assert not [one for one in documents if SECRET in one.text]


def test_what_one_system_refuses_is_a_gap_and_the_others_are_read() -> None:
    account = everything()
    account.refused["ListClusters"] = Refusal(400, "AccessDeniedException", "User is not authorized")
    documents, (gap,) = fetched(account)
    assert "ListClusters of ecs in eu-central-1: 403" in gap.reason
    assert "User is not authorized" in gap.reason
    assert gap.hint.endswith("if you do not use it, leave ecs out of `parts`")
    assert {one.call.partition(".")[0] for one in documents} == {"codedeploy", "appconfig"}


def test_only_the_named_parts_and_clusters_are_asked() -> None:
    account = everything()
    fetched(account, parts=["ecs"], clusters=["prod"])
    assert "ListClusters" not in {operation for operation, _ in account.asked}
    assert {params["cluster"] for _, params in account.asked if "cluster" in params} == {"prod"}


def test_services_that_something_else_deploys_are_not_asked_for_deployments_of_their_own() -> None:
    account = everything()
    account.controllers = {"search": "CODE_DEPLOY", "legacy": "EXTERNAL"}
    account.services.append("legacy")
    _, (gap,) = fetched(account, parts=["ecs"])
    assert gap.reason == "ecs in eu-central-1: who deploys 1 of 3 services keeps it to itself (controller EXTERNAL)"
    asked = [params["service"] for operation, params in account.asked if operation == "ListServiceDeployments"]
    assert [arn.rpartition("/")[2] for arn in asked] == ["checkout"]


def test_throttling_is_waited_for() -> None:
    account = everything()
    answer, refusals = account.answer, iter([Refusal(400, "ThrottlingException", "Rate exceeded")] * 7)

    def throttled(operation: str, params: Any) -> dict[str, Any]:
        if operation == "ListServices" and (refusal := next(refusals, None)):
            raise refusal
        return answer(operation, params)

    account.answer = throttled  # type: ignore[method-assign]  # the same with a fault
    documents, gaps = fetched(account)
    assert gaps == []
    assert "ecs.deployments" in {one.call for one in documents}


@pytest.mark.parametrize(
    ("refusal", "error", "words"),
    [
        (Refusal(400, "ThrottlingException"), RateLimited, "rate limited"),
        (Refusal(400, "ExpiredTokenException"), Denied, "401, the credentials are missing, wrong or expired"),
        (Refusal(403, "SignatureDoesNotMatch"), Denied, "401"),
        (Refusal(400, "AccessDeniedException"), Denied, "403"),
        (Refusal(400, "InvalidParameterException", "why"), BadAnswer, "answered 400: InvalidParameterException: why"),
        (Refusal(503, "ServerException"), SourceError, "still answered 503"),
    ],
)  # fmt: skip
def test_what_aws_means_stands_in_its_code(refusal: Refusal, error: type[SourceError], words: str) -> None:
    account = Account(refused=dict.fromkeys(("ListDeployments", "ListClusters", "ListApplications"), refusal))
    with pytest.raises(error, match=words):
        fetched(account)


@pytest.mark.parametrize("fault", ["html", "cut-json", "other-json", "401", "403", "500", "login-redirect"])
def test_what_is_no_aws_is_never_an_empty_answer(fault: str) -> None:
    with faulty(fault) as url, pytest.raises(SourceError) as raised:
        list(source(endpoint_url=url).fetch(WINDOW, Deadline(20)))
    assert "eu-central-1" in raised.value.reason


def test_without_botocore_one_line_names_the_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.partition(".")[0] == "botocore"]:
        monkeypatch.delitem(sys.modules, name)
    real = builtins.__import__

    def missing(name: str, *args: Any) -> Any:
        if name.partition(".")[0] == "botocore":
            raise ModuleNotFoundError(f"No module named {name!r}")
        return real(name, *args)

    monkeypatch.setattr(builtins, "__import__", missing)
    with pytest.raises(Denied) as denied:
        list(source().fetch(WINDOW, Deadline(5)))
    assert denied.value.reason == "botocore is not installed, without which AWS cannot be asked"
    assert "pip install 'pm-timeline[aws]'" in denied.value.hint
    assert list(source().read([], WINDOW)) == []


def test_no_credentials_no_region_and_an_unknown_profile_are_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    with pytest.raises(Denied, match="no region is configured"):
        list(source(regions=[]).fetch(WINDOW, Deadline(5)))
    with pytest.raises(Denied, match=r"no such profile: .*\(ops\)"):
        list(source(profile="ops").fetch(WINDOW, Deadline(5)))
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    with pytest.raises(Denied, match="there are no credentials for AWS"):
        list(source().fetch(WINDOW, Deadline(5)))


def test_the_credentials_are_known_as_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SESSION_TOKEN", "example-of-a-session-token")
    scrubber = Scrubber()
    with faulty("403") as url, pytest.raises(Denied):
        list(source(scrubber, endpoint_url=url).fetch(WINDOW, Deadline(20)))
    for secret in ("AKIAEXAMPLE", "example-of-a-secret-key", "example-of-a-session-token"):
        assert secret not in scrubber.scrub(f"we sent {secret}")


def test_only_what_is_read_is_kept_at_every_depth() -> None:
    given = {
        "services": [{"serviceName": "a", "networkConfiguration": {"subnets": ["s"]}, "events": [{"id": "1", "x": 2}]}]
    }
    assert reduced(given) == {"services": [{"serviceName": "a", "events": [{"id": "1"}]}]}


@pytest.mark.parametrize("proxy", ["", "http://ada:secret@"])
def test_a_connection_that_is_refused_is_no_matter_of_credentials(proxy: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{nobody.getsockname()[1]}"
    url = f"http://{address}"
    if proxy:
        monkeypatch.setenv("HTTP_PROXY", f"{proxy}{address}")
        url = "http://aws.invalid"
    with pytest.raises(Unreachable) as failed:
        list(source(endpoint_url=url).fetch(WINDOW, Deadline(20)))
    expected = f"no connection to the proxy http://***@{address} (connection refused)" if proxy else "no connection ("
    assert expected in failed.value.reason
    assert ("HTTP_PROXY" in failed.value.hint) == bool(proxy)
