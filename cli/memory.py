"""How the command uses memory: what suits a program that reads much at once, and then ends."""

import gc

_GARBAGE, _GARBAGE_OF_DAYS = 2_000_000, 100_000
"""New objects between two searches for cycles among them: of a program that ends, and of one that runs for days."""
_MMAP_THRESHOLD = -3
"""The parameter of that name, see mallopt(3)."""
_LARGE = 2**18


def search_rarely(*, for_days: bool = False) -> None:
    """Search for garbage less often; `for_days` is for what does not end, whose garbage is not to grow meanwhile.

    Nearly every object that is made is kept until the end: searching them as often as Python does by default takes as
    long as making them.
    """
    gc.set_threshold(_GARBAGE_OF_DAYS if for_days else _GARBAGE, 20, 20)


def give_back_large_blocks() -> None:
    """Have the C library return large blocks to the system at once.

    By default glibc keeps those up to 32 MiB, for each thread, once it has seen one: the answers of a large cluster,
    each read in a thread of its own, then take 30 MB that nobody uses.
    """
    import ctypes

    try:
        ctypes.CDLL(None).mallopt(_MMAP_THRESHOLD, _LARGE)
    except (OSError, TypeError, AttributeError):
        # Another C library than glibc has no such parameter, and does not need it.
        return


def give_back_freed_memory() -> None:
    """Have the C library return to the system what is free by now.

    A thread has memory of its own, which no other one takes over: without this the thread that drafts takes new memory
    beside what those that read a large cluster have freed, 10 MB.
    """
    import ctypes

    try:
        ctypes.CDLL(None).malloc_trim(0)
    except (OSError, TypeError, AttributeError):
        # As above.
        return
