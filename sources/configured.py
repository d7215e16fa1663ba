"""The base class of all adapters."""

import time
from collections.abc import Callable
from typing import Generic, TypeVar

from collector.secrets import Scrubber
from sources.settings import Settings

Keys = TypeVar("Keys", bound=Settings)


class Configured(Generic[Keys]):
    """A name, checked settings and the Scrubber that learns the secrets; an adapter adds `type`, fetch and read."""

    def __init__(
        self, name: str, settings: Keys, scrubber: Scrubber, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        """Tokens, files and stores are only looked up when fetching, so a bundle replays without them.

        `sleep` waits between retries of a request.
        """
        self.name = name
        self.settings = settings
        self.deadline = settings.deadline
        self._scrubber = scrubber
        self._sleep = sleep

    def target(self) -> str:
        """See `Source.target`."""
        return self.settings.target()
