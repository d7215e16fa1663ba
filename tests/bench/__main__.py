"""Runs every benchmark and prints its figures."""

from tests.bench.accuracy import MORE, SHAPES, accuracy
from tests.bench.cost import cost
from tests.bench.scale import printed
from tests.bench.startup import startup

SEEDS = range(4)
"""With ten shapes of errors at five rates of traffic, 200 series."""

print(startup())
print(accuracy(SEEDS, (*SHAPES, *MORE)))
print(cost())
print(printed())
