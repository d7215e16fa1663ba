import os
from pathlib import Path

import pytest
from pydantic import ValidationError

from collector.secrets import MASK, Scrubber
from collector.source import Denied
from sources.settings import Settings, TokenSettings

CANARY = "ghp_canary0123456789"


def test_without_a_token_there_is_none() -> None:
    assert TokenSettings().token(Scrubber()) is None


def test_each_way_gives_the_token_and_makes_it_known_as_a_secret(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CANARY", f" {CANARY}\n")
    file = tmp_path / "token"
    file.write_text(f"{CANARY}\n", encoding="utf-8")
    for settings in (
        TokenSettings(token_env="CANARY"),
        TokenSettings(token_file=file),
        TokenSettings.model_validate({"token_file": str(file)}),
        TokenSettings(token_command=f"printf %s%s {CANARY[:8]} {CANARY[8:]}"),
    ):
        scrubber = Scrubber()
        assert settings.token(scrubber) == CANARY
        assert scrubber.scrub(f"Bearer {CANARY}") == f"Bearer {MASK}"
        assert CANARY not in repr(settings)


@pytest.mark.parametrize(
    ("settings", "culprit"),
    [
        ({"token_env": "PM_TIMELINE_UNSET"}, "PM_TIMELINE_UNSET"),
        ({"token_env": "PM_TIMELINE_EMPTY"}, "PM_TIMELINE_EMPTY"),
        ({"token_file": "/nonexistent/token"}, "/nonexistent/token"),
        ({"token_file": "/"}, "token_file"),
        ({"token_file": os.devnull}, "empty"),
        ({"token_command": "/nonexistent/command canary"}, "/nonexistent/command"),
        ({"token_command": "false"}, "false"),
        ({"token_command": "true"}, "true"),
        ({"token_command": ""}, "token_command"),
        ({"token_command": "printf ab"}, "fewer than 4 characters"),
        ({"token_command": "echo 'unclosed"}, "token_command"),
        ({"token_command": "sleep 5", "timeout": 0.05}, "sleep"),
        ({"token_command": "sh -c 'sleep 5; echo late'", "timeout": 0.05}, "had not ended"),
        ({"token_command": "cat /dev/zero", "timeout": 20}, "more than any token has"),
        ({"token_command": f"echo {CANARY} | cat"}, "several lines or words"),
        ({"token_command": rf"printf 'WARNING: old\n{CANARY}\n'"}, "several lines or words"),
        ({"token_command": r"printf '\377'"}, "not text"),
        ({"token_command": "sh -c 'exit 3'"}, "exit code 3"),
        ({"token_command": f"VAULT_TOKEN={CANARY} vault read x"}, "begins with VAULT_TOKEN=, which is no program"),
    ],
)
def test_a_token_that_cannot_be_had_names_the_culprit(
    settings: dict[str, object], culprit: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PM_TIMELINE_EMPTY", " ")
    with pytest.raises(Denied) as caught:
        TokenSettings.model_validate(settings).token(Scrubber())
    assert culprit in caught.value.reason
    assert CANARY not in f"{caught.value.reason} {caught.value.hint}"


def test_a_command_reads_nothing_of_what_is_piped_to_us(tmp_path: Path) -> None:
    """It would be the notes."""
    notes = tmp_path / "notes.md"
    notes.write_text("14:12 Maria: it is the deploy", encoding="utf-8")
    stdin = os.dup(0)
    try:
        with notes.open("rb") as opened:
            os.dup2(opened.fileno(), 0)
            assert TokenSettings(token_command=f"sh -c 'cat; echo {CANARY}'").token(Scrubber()) == CANARY
    finally:
        os.dup2(stdin, 0)
        os.close(stdin)


def test_what_a_failing_command_prints_is_not_told(tmp_path: Path) -> None:
    script = tmp_path / "vault"
    script.write_text(f"#!/bin/sh\necho {CANARY}\necho {CANARY} >&2\nexit 1\n", encoding="utf-8")
    script.chmod(0o755)
    with pytest.raises(Denied) as caught:
        TokenSettings(token_command=f"{script} {CANARY}").token(Scrubber())
    assert CANARY not in f"{caught.value.reason} {caught.value.hint}"


@pytest.mark.parametrize("token", ["two words", "two\nlines", "bell\a", "naïve", "half\udcff"])
def test_a_token_that_no_header_can_carry_is_refused_without_quoting_it(
    token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(os.environ, "CANARY", token)
    with pytest.raises(Denied) as caught:
        TokenSettings(token_env="CANARY").token(Scrubber())
    assert token not in caught.value.reason


def test_a_command_runs_without_a_shell(tmp_path: Path) -> None:
    target = tmp_path / "made"
    assert TokenSettings(token_command=f"echo a;touch={target}").token(Scrubber()) == f"a;touch={target}"
    assert not target.exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"token": CANARY},
        {"token_env": "A", "token_file": "b"},
        {"timeout": 0},
        {"timeout": "30"},
        {"deadline": 3601},
        {"token_env": 1},
    ],
)
def test_wrong_settings_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError) as caught:
        TokenSettings.model_validate(wrong)
    assert next(iter(wrong)) in str(caught.value)


def test_settings_have_defaults_within_their_bounds() -> None:
    assert Settings.model_validate({"timeout": 5}).timeout == 5
    assert 0 < Settings().timeout <= Settings().deadline
