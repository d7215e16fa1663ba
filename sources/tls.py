"""Checks configured certificates before use: errors of HTTP clients are vague, or they ask for a passphrase."""

import ssl
from pathlib import Path

from collector.source import Denied


def trusted(path: Path) -> str:
    """The file or folder of certificates to trust, in the form that requests needs. Raises Denied if it is unusable."""
    path = path.expanduser()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    try:
        # A folder is read later, and only the files that a connection needs.
        context.load_verify_locations(**{"capath" if path.is_dir() else "cafile": str(path)})
    except OSError as error:
        raise Denied(f"ca_file {path} cannot be used: {_why(error)}") from None
    return str(path)


def identity(certificate: Path, key: Path | None) -> tuple[str, str]:
    """The files of our client certificate and its key, in the form that requests needs. Raises Denied if unusable."""
    certificate = certificate.expanduser()
    key = certificate if key is None else key.expanduser()
    try:
        # The empty passphrase keeps OpenSSL from asking for one in the terminal.
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_cert_chain(certificate, key, password="")
    except OSError as error:
        raise Denied(f"cert_file {certificate} with the key in {key} cannot be used: {_why(error)}") from None
    return str(certificate), str(key)


def _why(error: OSError) -> str:
    if isinstance(error, ssl.SSLError):
        return "the key does not fit" if "MISMATCH" in str(error.reason) else "it is not PEM, or has a passphrase"
    return (error.strerror or type(error).__name__).lower()
