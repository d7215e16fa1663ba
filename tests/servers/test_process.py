"""A missing server is told, not hidden."""

import pytest

from tests.servers.process import require


def test_a_missing_program_skips_the_test(monkeypatch):
    monkeypatch.delenv("PM_TIMELINE_REQUIRE_SERVERS", raising=False)
    with pytest.raises(pytest.skip.Exception, match="no-such-program is neither in"):
        require("no-such-program")


def test_a_missing_program_fails_the_test_where_servers_are_required(monkeypatch):
    monkeypatch.setenv("PM_TIMELINE_REQUIRE_SERVERS", "1")
    with pytest.raises(pytest.fail.Exception, match="no-such-program is neither in"):
        require("no-such-program")
