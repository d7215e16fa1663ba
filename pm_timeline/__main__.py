"""The command: `pm-timeline`, or `python -m pm_timeline`."""

import sys


def run() -> None:
    """Entry point of the installed command; see `cli.main.run`."""
    from cli.quick_help import print_help

    if not print_help(sys.argv):
        from cli.main import run

        run()


if __name__ == "__main__":
    run()
