"""The command: `pm-timeline`, or `python -m pm_timeline`."""

import gc
import os
import sys


def run() -> None:
    """Entry point of the installed command; see `cli.main.run`."""
    try:
        from cli.quick_help import print_help

        if not print_help(sys.argv):
            # Otherwise pydantic reads the metadata of every installed package to look for plugins. None are used.
            os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
            # numpy's OpenBLAS starts a thread for each further processor, for matrix operations that are never run.
            # These threads busy-wait, which costs as much processor time as half the import of numpy.
            os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
            from cli.memory import search_rarely
            from cli.threads import switch_often

            # Before the imports, because they create most of the objects of a small run.
            search_rarely()
            switch_often()
            from cli.main import run

            try:
                run()
            finally:
                # The process frees all memory when it ends. A last garbage collection would take a tenth of the run.
                gc.freeze()
    except KeyboardInterrupt:
        # Interrupted during the imports; later, `cli.main` handles it.
        sys.exit(130)


if __name__ == "__main__":
    run()
