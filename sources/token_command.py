"""Runs the `token_command` of a source, which prints its token."""

import shlex
import subprocess
import threading

from collector.source import Denied

_LONGEST = 1 << 20
"""Maximum bytes of output to read; no token is that long."""
_NO_SHELL = "it is run without a shell; what needs one can be written as sh -c '...'"


def run(command: str, timeout: float) -> str:
    """The output of `command`, within `timeout` seconds. Raises Denied, which quotes neither arguments nor output.

    The command gets no stdin, because our own stdin may be notes.
    """
    words = _words(command)
    name = f"token_command {words[0]}"
    try:
        # The command comes from the user's own configuration, and there is no shell to inject into.
        process = subprocess.Popen(  # noqa: S603
            words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
    except FileNotFoundError:
        raise Denied(f"{name}: there is no such program", _NO_SHELL) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or type(error).__name__
        raise Denied(f"{name} cannot be run ({reason})", "run it by hand") from None
    printed = _printed(process, name, timeout)
    if process.returncode:
        raise Denied(f"{name} ended with exit code {process.returncode}", "run it by hand")
    try:
        token = printed.decode().strip()
    except UnicodeDecodeError:
        raise Denied(f"{name} printed something that is not text", "run it by hand") from None
    if not token:
        raise Denied(f"{name} printed nothing", "run it by hand")
    if len(token.split()) > 1:
        raise Denied(f"{name} printed several lines or words; it is to print the token alone", _NO_SHELL)
    return token


def _words(command: str) -> list[str]:
    try:
        words = shlex.split(command)
    except ValueError:
        raise Denied("token_command has a quote that is not closed", "close it") from None
    if not words:
        raise Denied("token_command is empty", "name a program that prints the token")
    variable, assigns, _ = words[0].partition("=")
    if assigns:
        # The assigned value may be a secret.
        raise Denied(f"token_command begins with {variable}=, which is no program", _NO_SHELL)
    return words


def _printed(process: subprocess.Popen[bytes], name: str, timeout: float) -> bytes:
    """The output of `process`, which has ended when this returns."""
    output = process.stdout
    printed: list[bytes] = []

    def read() -> None:
        if output is not None:
            with output:
                printed.append(output.read(_LONGEST + 1))

    # A child of the command may keep the output open after the command is killed.
    reading = threading.Thread(target=read, daemon=True)
    reading.start()
    reading.join(timeout)
    try:
        if reading.is_alive():
            raise Denied(f"{name} had not ended after {timeout:g} s", "run it by hand, or raise `timeout`")
        if len(printed[0]) > _LONGEST:
            raise Denied(f"{name} printed more than any token has", "run it by hand")
        process.wait(timeout)
    except subprocess.TimeoutExpired:
        raise Denied(f"{name} had not ended after {timeout:g} s", "run it by hand, or raise `timeout`") from None
    finally:
        if process.returncode is None:
            process.kill()
            process.wait()
    return printed[0]
