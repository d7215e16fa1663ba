"""Prints how exact changes in error ratios are found; the other benchmarks are tests, marked `bench`."""

from tests.bench.accuracy import MORE, SHAPES, accuracy

SEEDS = range(4)
"""With ten shapes of errors at five rates of traffic, 200 series."""

print(accuracy(SEEDS, (*SHAPES, *MORE)))
