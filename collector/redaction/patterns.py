"""Patterns of addresses and hosts in any field, also percent-encoded or escaped."""

import ipaddress
import re

BEFORE = r"(?:(?<![0-9A-Za-z])|(?<=%[0-9A-Fa-f]{2})|(?<=\\[nrt])|(?<=\\u[0-9A-Fa-f]{4}))"
"""Before a name, so that it is not the end of a longer word."""
AFTER = r"(?![0-9A-Za-z])"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_TOP = (
    "com|net|org|io|dev|app|cloud|internal|local|lan|corp|intra|intranet|private|localdomain|info|biz|tech|online|site"
    "|systems|company|example|test|invalid|arpa|gov|edu|mil|int|eu|de|uk|us|fr|nl|ch|at|be|it|es|se|no|dk|fi|pl|cz|pt|ie"
    "|jp|cn|in|br|ca|au|nz|kr|sg|za|ru|ua|tr|co|ai|tv"
)
MAIL = re.compile(
    rf"(?P<local>[A-Za-z0-9._+\[\]-]{{1,64}})(?:@|%(?:25)?40)(?P<domain>{_LABEL}(?:\.{_LABEL}){{1,12}}){AFTER}"
)
IPV4 = re.compile(r"(?<![0-9.])(?:[0-9]{1,3}[.-]){3}[0-9]{1,3}(?![0-9]|\.[0-9])")
IPV6 = re.compile(
    r"(?<![0-9A-Fa-f:.])(?:[0-9A-Fa-f]{0,4}(?::|%(?:25)?3A)){2,7}[0-9A-Fa-f]{0,4}(?![0-9A-Fa-f:])", re.IGNORECASE
)
MAC = re.compile(r"(?<![0-9A-Fa-f:-])(?:[0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}(?![0-9A-Fa-f:-])")
PHONE = re.compile(r"(?<![0-9A-Za-z])\+[1-9][0-9 ()/-]{7,20}[0-9](?![0-9:])")
HOST = re.compile(rf"{BEFORE}(?:{_LABEL}\.){{1,12}}(?:{_TOP}){AFTER}(?!\.?[A-Za-z0-9-]|\()", re.IGNORECASE)
URL_HOST = re.compile(
    rf"(?<![a-z])(?!containerd|docker|cri-?o|podman)[a-z][a-z0-9+.-]{{1,20}}(?:://|%3A%2F%2F)(?:[^\s/@%?#\"']*@)?(?P<host>{_LABEL}(?:\.{_LABEL}){{0,12}})",
    re.I,
)
USER_OF_URL = re.compile(r"://(?P<name>[^\s/@:%?#\"']{2,64})(?::[^\s/@\"']*)?@")
HOME = re.compile(r"(?:/home/|/Users/|\\Users\\|%2Fhome%2F)(?P<name>[A-Za-z0-9._-]{2,40})")


def is_mail(found: re.Match[str]) -> bool:
    """Whether a match of MAIL is somebody's address, and not `git@github.com` or `name@1.2.3`."""
    return found["local"].casefold() != "git" and re.search(r"\.[A-Za-z-]{2,}$", found["domain"]) is not None


def is_address(text: str) -> bool:
    """Whether it is an IP address, also with dashes as in the host names of clouds."""
    plain = re.sub("%(?:25)?3A", ":", text, flags=re.IGNORECASE)
    if ":" not in plain:
        plain = plain.replace("-", ".")
    try:
        made = ipaddress.ip_address(plain)
    except ValueError:
        return False
    # `::` and `a::b` without a digit occur in code.
    return made.version == 4 or (any(char.isdecimal() for char in plain) and (plain.count(":") > 2 or "::" in plain))
