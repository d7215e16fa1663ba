"""A stand-in for AWS on loopback, which speaks its protocols and keeps to its own service descriptions."""

import functools
import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs, urlsplit

from botocore.session import get_session
from botocore.validate import ParamValidator

from tests.servers import cbor
from tests.servers.loopback import Quiet, running

Answering = Callable[[str, Mapping[str, Any]], Any]
"""From operation and parameters to the members of the answer, or to a Refusal."""
_APPCONFIG = (
    (re.compile(r"/applications"), "ListApplications"),
    (re.compile(r"/applications/([^/]+)/environments"), "ListEnvironments"),
    (re.compile(r"/applications/([^/]+)/environments/([^/]+)/deployments"), "ListDeployments"),
    (re.compile(r"/applications/([^/]+)/environments/([^/]+)/deployments/(\d+)"), "GetDeployment"),
)
_IDS = ("ApplicationId", "EnvironmentId", "DeploymentNumber")


class Refusal(Exception):
    """AWS' own way to refuse: its code."""

    def __init__(self, status: int, code: str, message: str = "no") -> None:
        super().__init__(code)
        self.status, self.code, self.message = status, code, message


@functools.cache
def _model(service: str) -> Any:
    return get_session().get_service_model(service)


def described(service: str, operation: str, answer: Mapping[str, Any]) -> None:
    """Fail if AWS' description of the service does not allow the answer."""
    model = _model(service).operation_model(operation)
    report = ParamValidator().validate(dict(answer), model.output_shape)
    assert not report.has_errors(), f"{operation}: {report.generate_report()}"
    unknown = set(answer) - set(model.output_shape.members)
    assert not unknown, f"{operation} has no {unknown}"


@contextmanager
def aws(answer: Answering) -> Iterator[str]:
    """Its address, for `endpoint_url`."""

    class Handler(Quiet, BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            target = self.headers.get("X-Amz-Target")
            if target is None:
                operation = urlsplit(self.path).path.rpartition("/")[2]
                self._give("codedeploy", operation, cbor.decode(body) if body else {}, "application/cbor")
            else:
                service = "ecs" if "Container" in target else "codedeploy"
                operation = target.partition(".")[2]
                self._give(service, operation, json.loads(body), "application/x-amz-json-1.1")

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            operation, match = next((op, m) for pattern, op in _APPCONFIG if (m := pattern.fullmatch(parts.path)))
            ids = dict(zip(_IDS, match.groups(), strict=False))
            page = parse_qs(parts.query).get("next_token", [])
            self._give("appconfig", operation, {**ids, **({"NextToken": page[0]} if page else {})}, "application/json")

        def _give(self, service: str, operation: str, params: Mapping[str, Any], kind: str) -> None:
            headers = {"x-amzn-RequestId": "0"}
            try:
                given = answer(operation, params)
                described(service, operation, given)
                status = 200
            except Refusal as refusal:
                given, status = {"__type": refusal.code, "message": refusal.message}, refusal.status
                headers["x-amzn-ErrorType"] = refusal.code
            if kind == "application/cbor":
                headers["smithy-protocol"] = "rpc-v2-cbor"
                data = cbor.encode(given)
            else:
                seconds = service != "appconfig"
                data = json.dumps(given, default=datetime.timestamp if seconds else _iso).encode()
            self.send_response(status)
            for name, value in {**headers, "Content-Type": kind, "Content-Length": str(len(data))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(data)

    with running(Handler) as url:
        yield url


def _iso(value: datetime) -> str:
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
