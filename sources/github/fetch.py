"""What to request from GitHub, and in which order."""

from collections.abc import Iterator

from collector.source import Denied, Document, Gap, RateLimited, SourceError
from collector.window import Window
from sources.github.api import Api
from sources.github.ask_absent import ask_absent
from sources.github.ask_deployments import LEAD as LEAD
from sources.github.ask_deployments import ask_deployments, ask_statuses
from sources.github.ask_runs import ask_approvals, ask_jobs, ask_linked_runs, ask_run_again, ask_runs
from sources.github.place import Place
from sources.github.seen import Seen
from sources.github.settings import GithubSettings

Parts = list[tuple[str, Iterator[Document | Gap]]]


def fetch(api: Api, settings: GithubSettings, window: Window) -> Iterator[Document | Gap]:
    """Each part is separate: if one is denied, the others continue. Raises only if there was no answer at all."""
    errors: list[SourceError] = []
    answered = False
    places = [Place(settings, repository) for repository in settings.every]
    for place in places:
        api.of = place.repository if place is not places[0] else ""
        limited = False
        for right, part in _parts(api, place, window):
            try:
                for given in part:
                    answered = answered or isinstance(given, Document)
                    yield given
            except Denied as error:
                # GitHub answers 404 for anything that a token may not see, so the hint names the right there too.
                hint = f"{error.hint}; a fine-grained token needs `{right}` on {place.repository}"
                errors.append(Denied(error.reason, hint))
            except RateLimited as error:
                # All requests share the limit.
                errors.append(error)
                limited = True
                break
            except SourceError as error:
                errors.append(error)
        if limited:
            break
    yield from (Gap(error.reason, error.hint) for error in (errors if answered else errors[1:]))
    if not answered and errors:
        raise errors[0]


def _parts(api: Api, place: Place, window: Window) -> Parts:
    seen = Seen()
    return [
        ("Deployments: read", ask_deployments(api, place, window, seen)),
        ("Deployments: read", ask_statuses(api, place, window, seen)),
        ("Actions: read", ask_runs(api, place, window, seen)),
        ("Actions: read", ask_linked_runs(api, place, seen)),
        ("Actions: read", ask_run_again(api, place, window, seen)),
        ("Actions: read", ask_jobs(api, place, window, seen)),
        ("Actions: read", ask_approvals(api, place, seen)),
        ("Metadata: read", ask_absent(api, place, seen)),
    ]
