"""What AWS answers where it refuses, as an answer of HTTP that `sources.http.ask` understands.

AWS answers 400 for most of it; what it means is in the code of the error.
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
"""As botocore's own retries know them."""
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
    """The answer behind a `botocore.exceptions.ClientError`; `scrub` masks secrets before anything is cut off."""
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
