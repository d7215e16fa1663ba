"""`python -m tests.incidents [NAME...]` makes the bundles of these incidents, or of all."""

import sys

from tests.incidents.record import names, record

record(sys.argv[1:] or names())
