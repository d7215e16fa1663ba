"""Translates AWS's error answers into HTTP answers that `sources.http.ask` understands.

AWS answers most errors with 400; the error code has the meaning.
"""

import json
from collections.abc import Mapping
from typing import Any

from sources.http import Answer

_THROTTLED = frozenset(
    {
        "BandwidthLimitExceeded",
        "EC2ThrottledException",
        "PriorRequestNotComplete",
        "RequestLimitExceeded",
        "RequestThrottled",
        "RequestThrottledException",
        "SlowDown",
        "ThrottledException",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
    }
)
"""The throttling codes that botocore's own retries know."""
_UNKNOWN = frozenset(
    {
        "AuthFailure",
        "ExpiredToken",
        "ExpiredTokenException",
        "IncompleteSignature",
        "IncompleteSignatureException",
        "InvalidClientTokenId",
        "InvalidSignatureException",
        "MissingAuthenticationToken",
        "MissingAuthenticationTokenException",
        "RequestExpired",
        "SignatureDoesNotMatch",
        "UnrecognizedClientException",
    }
)
_DENIED = frozenset(
    {"AccessDenied", "AccessDeniedException", "NotAuthorized", "OptInRequired", "UnauthorizedOperation"}
)


def refusal(response: Mapping[str, Any], scrub: Any) -> Answer:
    """The HTTP answer for a `botocore.exceptions.ClientError`; `scrub` masks secrets before texts are cut."""
    error = response.get("Error") or {}
    metadata = response.get("ResponseMetadata") or {}
    code = str(error.get("Code") or "").rpartition("#")[2].partition(":")[0]
    status = metadata.get("HTTPStatusCode") or 400
    if code in _THROTTLED:
        status = 429
    elif code in _UNKNOWN:
        status = 401
    elif code in _DENIED:
        status = 403
    headers = {str(name).lower(): str(value) for name, value in (metadata.get("HTTPHeaders") or {}).items()}
    message = f"{code}: {error.get('Message') or ''}".removesuffix(": ")
    return Answer(status, headers, json.dumps({"message": scrub(message)}))
