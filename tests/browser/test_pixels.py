"""The picture as others draw it: the SVG in Chromium, and the PNG that resvg makes of it."""

import base64
import os
import pty
import subprocess
import sys
from pathlib import Path
from unittest import mock

import pytest
from hypothesis import given, settings

import pm_timeline
from cli.demo import BUNDLE
from cli.render import as_png, as_svg
from collector.result import Timeline
from tests.browser.hostile import hostile
from tests.cli.command import COMMAND
from tests.cli.command import pm_timeline as run
from tests.cli.timelines import TIMELINES, timeline
from tests.examples import often, rarely
from tests.servers.chromium import Page, opened

_PAGE = '<!DOCTYPE html><html lang="en"><head><title>x</title></head><body></body></html>'
_LOOK = """
const image = new Image();
await new Promise((loaded, failed) => {
  [image.onload, image.onerror] = [loaded, () => failed(Error("is no picture"))];
  image.src = SOURCE;
});
const canvas = document.createElement("canvas");
[canvas.width, canvas.height] = [960, Math.round(960 * image.naturalHeight / image.naturalWidth)];
const drawn = canvas.getContext("2d");
drawn.drawImage(image, 0, 0, canvas.width, canvas.height);
const at = (x, y) => [...drawn.getImageData(x, y, 1, 1).data].slice(0, 3);
const dark = (x, y, width, height) => {
  const { data } = drawn.getImageData(x, y, width, height);
  let number = 0;
  for (let place = 0; place < data.length; place += 4) number += data[place] < 120;
  return number > 20;
};
const name = dark(90, 205, 52, 16);
return [image.naturalWidth, at(950, 20), at(300, 260), at(600, 260), at(314, 203), at(466, 259), name];
"""
"""The size, then the colours of the paper, of the lanes before and while the alert fires, of its mark, and of the
note's; then whether the name of the first lane is there."""


def looked_at(kind: str, picture: bytes) -> Page:
    source = f"data:image/{kind};base64,{base64.b64encode(picture).decode()}"
    return Page(_PAGE, _LOOK.replace("SOURCE", f'"{source}"'))


def test_both_pictures_show_the_incident() -> None:
    made = pm_timeline.replay(BUNDLE)
    svg, png = opened([looked_at("svg+xml", as_svg.render(made).encode()), looked_at("png", as_png.render(made))])
    assert (svg[0], png[0]) == (960, 1920)
    for _, paper, before, while_firing, alert, note, named in (svg, png):
        assert paper == before == [255, 255, 255]
        assert while_firing == pytest.approx([249, 229, 230], abs=2)
        assert alert == pytest.approx([207, 34, 46], abs=2)
        assert note != while_firing
        assert named


@pytest.mark.thorough
def test_hostile_and_empty_pictures_are_drawn() -> None:
    drawn = [
        looked_at(kind, picture)
        for made in (hostile(), timeline())
        for kind, picture in (("svg+xml", as_svg.render(made).encode()), ("png", as_png.render(made)))
    ]
    assert [size for size, *_ in opened(drawn)] == [960, 1920, 960, 1920]


@pytest.mark.thorough
@settings(max_examples=often(5, 20), deadline=None)
@given(TIMELINES)
def test_any_timeline_is_a_picture(made: Timeline) -> None:
    assert as_png.render(made).startswith(b"\x89PNG\r\n\x1a\n")


@pytest.mark.thorough
def test_the_same_picture_has_the_same_bytes_whatever_fonts_there_are(tmp_path: Path) -> None:
    """In another process, with no font of the machine in reach."""
    code = "import sys, pm_timeline; from cli.render.as_png import render;"
    code += " sys.stdout.buffer.write(render(pm_timeline.replay(sys.argv[1])))"
    env = {**os.environ, "HOME": str(tmp_path), "FONTCONFIG_FILE": os.devnull, "PYTHONHASHSEED": "1"}
    done = subprocess.run([sys.executable, "-c", code, BUNDLE], capture_output=True, check=True, env=env)
    assert done.stdout == as_png.render(pm_timeline.replay(BUNDLE))
    assert done.stdout.startswith(b"\x89PNG\r\n\x1a\n")


@pytest.mark.thorough
def test_a_file_or_a_pipe_gets_the_bytes(tmp_path: Path) -> None:
    assert run("--replay", BUNDLE, "-q", "-o", "timeline.png", folder=tmp_path).code == 0
    piped = subprocess.run(
        [COMMAND, "--replay", BUNDLE, "-q", "--format", "png"], capture_output=True, check=True, cwd=tmp_path
    )
    assert (tmp_path / "timeline.png").read_bytes() == piped.stdout
    assert piped.stderr == b""


@pytest.mark.parametrize("output", [(), rarely(("-o", "-"))])
def test_a_terminal_gets_no_bytes(output: tuple[str, ...], tmp_path: Path) -> None:
    master, slave = pty.openpty()
    done = subprocess.run(
        [COMMAND, "--replay", BUNDLE, "--format", "png", *output],
        stdout=slave,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
        cwd=tmp_path,
    )
    os.close(slave)
    os.close(master)
    assert done.returncode == 2
    assert done.stderr == ("pm-timeline: --format png: a terminal shows none; name a file: --output timeline.png\n")


@pytest.mark.parametrize("package", ["resvg_py", "font_source_sans_pro"])
def test_what_is_not_installed_is_named_before_anything_is_asked(package: str, tmp_path: Path) -> None:
    with mock.patch.dict(sys.modules, {package: None}):
        done = run("--replay", "no.zip", "-o", "timeline.png", folder=tmp_path)
    assert (done.code, done.err) == (
        2,
        "pm-timeline: --format png: is not installed with the rest:"
        " pipx install --force 'pm-timeline[png]', or pip install 'pm-timeline[png]'\n",
    )
    assert not (tmp_path / "timeline.png").exists()
