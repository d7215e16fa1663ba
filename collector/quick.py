"""Dataclasses of which there are hundreds of thousands: type checkers hold them to be frozen, and Python does not.

It takes three times as long to make an object of a frozen dataclass as of another one: each field is set by a call.
"""

import dataclasses
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass
else:

    def dataclass(*, frozen: bool = False, **options: Any) -> Any:
        """As `dataclasses.dataclass`, with the equality and the hash of a frozen one."""
        return dataclasses.dataclass(unsafe_hash=frozen, **options)
