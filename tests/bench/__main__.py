"""Prints how exact changes in error ratios are found; the other benchmarks are tests, marked `bench`."""

from tests.bench.accuracy import accuracy, every_shape

SEEDS = range(4)
"""With thirteen shapes of errors at five rates of traffic, three scrape intervals, with and without usual errors."""

print(accuracy(SEEDS, every_shape()))
