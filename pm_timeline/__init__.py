"""The draft timeline table of a postmortem, with the evidence of each row, from Python.

    import pm_timeline

    pm_timeline.replay("incident.zip").to_frame()
    pm_timeline.timeline("14:00", "14:30", config="pm-timeline.toml", tz="UTC")

Both return a `Timeline` and print nothing. Every error that they raise is a `TimelineError`:

- `UsageError`: an argument or the configuration cannot be used; no system was asked anything.
- `BundleError`: an evidence bundle cannot be read or written.
- `NoAnswerError`: no source could be asked. Its `coverage` has the reasons.

If only some sources fail, nothing is raised: look at `Timeline.coverage`. Notices of the command, such as that an end
in the future was replaced by now, are issued as a `TimelineWarning`.
"""

TYPE_CHECKING = False
# Type checkers treat this name as true. Importing it from `typing` would take a third of the time of --help.
if TYPE_CHECKING:
    from collector.errors import BundleError, NoAnswerError, TimelineError, TimelineWarning, UsageError
    from collector.event import Event, Kind
    from collector.source import Gap, Seen
    from collector.timeline import Coverage, Evidence, Plot, Row, Timeline
    from collector.window import Window
    from pm_timeline.api import replay, timeline

    __version__: str

__all__ = [
    "BundleError",
    "Coverage",
    "Event",
    "Evidence",
    "Gap",
    "Kind",
    "NoAnswerError",
    "Plot",
    "Row",
    "Seen",
    "Timeline",
    "TimelineError",
    "TimelineWarning",
    "UsageError",
    "Window",
    "replay",
    "timeline",
]


def __getattr__(name: str) -> object:
    """Import public names on first use: the command imports this package too, and its --help must be fast."""
    if name == "__version__":
        from collector.version import installed_version

        return installed_version()
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from collector import coverage, errors, event, kind, result, row, source, window
    from pm_timeline import api

    modules = (api, coverage, errors, event, kind, result, row, source, window)
    return next(vars(module)[name] for module in modules if name in vars(module))


def __dir__() -> list[str]:
    """The names that completion in a notebook offers."""
    return [*__all__, "__version__"]
