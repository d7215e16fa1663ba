"""The command: `pm-timeline`, or `python -m pm_timeline`."""

import gc
import os
import sys


def run() -> None:
    """Entry point of the installed command; see `cli.main.run`."""
    try:
        from cli.quick_help import print_help

        if not print_help(sys.argv):
            # To look for plugins, of which none is used, pydantic reads about every package that is installed.
            os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
            # For matrices, of which there are none, numpy's OpenBLAS starts a thread for each further processor, and
            # these wait busily for work: that takes as much processor time as half the import of numpy.
            os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
            from cli.memory import search_rarely
            from cli.threads import switch_often

            # Before the imports, which make most of the objects of a small run.
            search_rarely()
            switch_often()
            from cli.main import run

            try:
                run()
            finally:
                # All that is left goes with the process. To search it for garbage before takes a tenth of the run.
                gc.freeze()
    except KeyboardInterrupt:
        # While the imports still run.
        sys.exit(130)


if __name__ == "__main__":
    run()
