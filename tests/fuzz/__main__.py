"""Plays many cases and prints what they find, one line for each cause."""

import sys
import time
from collections import defaultdict

from tests.fuzz.payloads import payloads
from tests.fuzz.play import base, play
from tests.fuzz.spoil import spoil

COUNT, SEED = 10_000, 1
EACH = 500
"""Cases after each of which it is shown how far it is."""


def main(count: int = COUNT, seed: int = SEED, first: int = 0) -> int:
    """How many causes were found."""
    bases = [base(payload) for payload in payloads()]
    found: dict[tuple[str, str], list[int]] = defaultdict(list)
    for case in range(first, first + count):
        known = bases[case // 2 % len(bases)]
        # One half spoils one object each, the other changes whatever it meets and draws it.
        one = spoil(known.payload, case, seed) if case % 2 else play(known, case, seed)
        if (case - first + 1) % EACH == 0:
            print(f"{case - first + 1} cases, {len(found)} causes, {time.process_time():.0f} s", flush=True)
        if one is None:
            continue
        cause = (one.kind, one.where.partition(": ")[0] if one.kind == "crash" else one.where)
        if cause not in found:
            print(f"{one.kind}: {one.where}\n    case {case}: {one.what}"[:600], flush=True)
        found[cause].append(case)
    for (kind, where), cases in found.items():
        print(f"{kind} {where}: {len(cases)} times")
    print(f"{count} cases of {len(bases)} payloads: {len(found)} causes found")
    return len(found)


if __name__ == "__main__":
    sys.exit(1 if main(*map(int, sys.argv[1:])) else 0)
