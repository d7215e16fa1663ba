"""What the build hook makes of a module: the same one, with its imports below `pm_timeline`."""

import pytest

from hatch_build import rewritten


# Every name of an inner package that must be rewritten is marked with @.
@pytest.mark.parametrize(
    "marked",
    [
        "from @collector.event import Event\n",
        "from @sources import loki\n",
        "import @sources.loki as loki, os\n",
        "import os, @cli.main as m, @collector.row as r\n",
        "def f():\n    from @cli.times import (\n        day,\n    )\n",
        "if TYPE_CHECKING:\n\tfrom @cli.config import Config\n",
        "x = 'é'; from  @cli.a import b; from @cli.c import d\n",
        "import os\r\nfrom @cli import main\r\n",
    ],
)
def test_imports_are_rewritten_wherever_they_stand(marked: str) -> None:
    built = rewritten(marked.replace("@", "").encode(), "module.py")
    assert built.decode() == marked.replace("@", "pm_timeline.")


@pytest.mark.parametrize(
    "written",
    [
        "from . import collector\n",
        "from .sources import loki\n",
        "from collectors.event import Event\n",
        "from pm_timeline.collector import event\n",
        '"""from collector.event import Event"""\n# from cli import main\n',
        "text = '''\nfrom collector.event import Event\n'''\n",
        "import pathlib as sources\nsources.Path('cli/main.py')\n",
    ],
)
def test_everything_else_is_left_alone(written: str) -> None:
    assert rewritten(written.encode(), "module.py").decode() == written


@pytest.mark.parametrize("written", ["import os\nimport collector.event\n", "x = 1\nfrom \\\n  cli import main\n"])
def test_what_cannot_be_rewritten_stops_the_build_at_its_line(written: str) -> None:
    with pytest.raises(ValueError, match=r"^module\.py:2: write "):
        rewritten(written.encode(), "module.py")
