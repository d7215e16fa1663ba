"""The picture, held against the definition of SVG 1.1 by the W3C."""

import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given

from cli.render import as_svg
from collector.result import Timeline
from tests.browser.hostile import hostile
from tests.cli.timelines import TIMELINES, demo, timeline
from tests.examples import examples
from tests.servers.process import Missing, binary, or_skip, require

_DEFINITION = Path("/usr/share/xml/w3c-sgml-lib/schema/dtd/REC-SVG11-20110816/svg11.dtd")
"""Where Debian's package w3c-sgml-lib puts it."""
_LATER = re.compile(r' (?:role|tabindex|aria-[a-z]+)="[^"]*"')
"""What SVG 2 allows in addition, for screen readers."""


@pytest.fixture(autouse=True)
def validator() -> None:
    """Skips or fails the test where it is missing."""
    require("xmllint")
    with or_skip():
        if not _DEFINITION.is_file():
            raise Missing("the definition of SVG is missing: install w3c-sgml-lib")


def errors(picture: str) -> str:
    """What the validator finds."""
    # Only in SVG 2 a style has a type by default.
    text = _LATER.sub("", picture).replace("<style>", '<style type="text/css">')
    command = [binary("xmllint"), "--noout", "--nonet", "--dtdvalid", str(_DEFINITION), "-"]
    done = subprocess.run(command, input=text.encode(), capture_output=True, check=False)
    assert (done.returncode == 0) == (not done.stderr)
    return done.stderr.decode()


@pytest.mark.parametrize("make", [demo, timeline, hostile])
def test_the_picture_is_valid(make: Callable[[], Timeline]) -> None:
    assert errors(as_svg.render(make())) == ""


@examples(8)
@given(TIMELINES)
def test_whatever_is_in_it(made: Timeline) -> None:
    assert errors(as_svg.render(made)) == ""


def test_the_validator_finds_what_is_not_valid() -> None:
    assert "No declaration for attribute" in errors(as_svg.render(demo()).replace("<rect ", '<rect onlick="" ', 1))
