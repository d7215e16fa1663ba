"""Plays many cases and prints what they find, one line for each cause."""

import sys
from collections import defaultdict

from tests.fuzz.payloads import payloads
from tests.fuzz.play import base, play

COUNT, SEED = 10_000, 1


def main(count: int = COUNT, seed: int = SEED, first: int = 0) -> int:
    """How many causes were found."""
    bases = [base(payload) for payload in payloads()]
    found: dict[tuple[str, str], list[int]] = defaultdict(list)
    for case in range(first, first + count):
        one = play(bases[case % len(bases)], case, seed)
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
