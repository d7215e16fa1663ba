"""Recorded answers, changed a little at random, again and again: nothing in them may stop the tool.

    python -m tests.fuzz [COUNT] [SEED] [FIRST]     (or: make fuzz)

Each case is known by its number: the same SEED and FIRST with COUNT 1 plays it again.
"""
