"""Runs every benchmark and prints its figures."""

from tests.bench.accuracy import accuracy, every_shape
from tests.bench.cost import cost
from tests.bench.scale import printed
from tests.bench.startup import startup

SEEDS = range(4)
"""With thirteen shapes of errors at five rates of traffic, three scrape intervals, with and without usual errors."""

print(startup())
print(accuracy(SEEDS, every_shape()))
print(cost())
print(printed())
