"""Runs every benchmark and prints its figures."""

from tests.bench.startup import startup

print(startup())
