"""Messages on stderr do nothing to the terminal that shows them."""

import pytest

from cli.messages import NO_SOURCE_EXIT_CODE, say, say_no_answer
from collector.coverage import Coverage
from collector.errors import NoAnswerError
from collector.source import Gap


def test_what_a_server_answers_does_not_act_on_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    bad = Coverage(
        "prod",
        "prometheus",
        (),
        0,
        (
            Gap(
                "500: \x1b[2J\u202egone\nnext",
            ),
        ),
        failed=True,
    )
    assert say_no_answer(NoAnswerError([bad]), "nothing") == NO_SOURCE_EXIT_CODE
    assert capsys.readouterr().err == "pm-timeline: nothing\n  prod: 500:  [2J gone next\n"


def test_nor_does_the_name_of_a_file(capsys: pytest.CaptureFixture[str]) -> None:
    say("a\x1b]0;title\x07.md is written")
    assert capsys.readouterr().err == "a ]0;title .md is written\n"
