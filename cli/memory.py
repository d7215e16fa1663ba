"""Memory settings that suit a program that reads much data at once and then ends."""

import gc

_GARBAGE, _GARBAGE_OF_DAYS = 2_000_000, 100_000
"""New objects between two garbage collections: for a program that soon ends, and for one that runs for days."""
_MMAP_THRESHOLD = -3
"""M_MMAP_THRESHOLD of mallopt(3)."""
_LARGE = 2**18


def search_rarely(*, for_days: bool = False) -> None:
    """Run the garbage collector less often; with `for_days` often enough for a process that runs for days.

    Nearly every object is kept until the end. At Python's default rate, collecting takes as long as creating the
    objects.
    """
    gc.set_threshold(_GARBAGE_OF_DAYS if for_days else _GARBAGE, 20, 20)


def give_back_large_blocks() -> None:
    """Have the C library return large blocks to the system at once.

    By default glibc keeps freed blocks of up to 32 MiB for each thread, once it has seen one. The answers of a large
    cluster, each read in its own thread, would then occupy 30 MB that nobody uses.
    """
    import ctypes

    try:
        ctypes.CDLL(None).mallopt(_MMAP_THRESHOLD, _LARGE)
    except (OSError, TypeError, AttributeError):
        # C libraries other than glibc have no such parameter and do not need it.
        return


def give_back_freed_memory() -> None:
    """Have the C library return free memory to the system.

    Each thread has its own memory pool. Without this, the drafting thread would allocate new memory in addition to the
    10 MB that the threads reading a large cluster have freed.
    """
    import ctypes

    try:
        ctypes.CDLL(None).malloc_trim(0)
    except (OSError, TypeError, AttributeError):
        # Not glibc, as above.
        return
