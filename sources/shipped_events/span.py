"""How far around the window Events are requested."""

from datetime import timedelta

LEAD, TAIL = timedelta(hours=1), timedelta(minutes=15)
STEPS_LEAD = timedelta(hours=24)
"""How long before the window the steps of rollouts are requested.

A ReplicaSet that lost its pods in that time may come back in a rollback.
"""
STEPS = "ScalingReplicaSet"
"""The reason of these Events."""
