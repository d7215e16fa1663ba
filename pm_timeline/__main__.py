"""The command: `pm-timeline`, or `python -m pm_timeline`."""

from cli.main import run

if __name__ == "__main__":
    run()
