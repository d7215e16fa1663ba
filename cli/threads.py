"""How often the command's threads take over the interpreter from each other."""

import sys

_INTERVAL = 0.0005
"""Seconds that a thread may run while another one waits. Python's default is ten times as long."""


def switch_often() -> None:
    """Let threads that receive answers continue while others parse the answers received.

    TLS delivers 16 KB at a time. After each piece the receiving thread may have to wait for the full interval of a
    parsing thread: with Python's default interval, a page of 3 MB takes up to three times as long.
    """
    sys.setswitchinterval(_INTERVAL)
