"""How the command shares the interpreter between its threads."""

import sys

_INTERVAL = 0.0005
"""Seconds that a thread may run while another one waits; Python's own are ten times as many."""


def switch_often() -> None:
    """Let threads that receive answers go on while others read what has come.

    TLS gives out 16 KB at a time, and after each the receiver may have to wait until the thread that reads has run for
    its interval: with Python's own, a page of 3 MB takes up to three times as long.
    """
    sys.setswitchinterval(_INTERVAL)
