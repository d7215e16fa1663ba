"""How far around the window Events are asked for."""

from datetime import timedelta

LEAD, TAIL = timedelta(hours=1), timedelta(minutes=15)
STEPS_LEAD = timedelta(hours=24)
"""The steps of rollouts are asked for since so long before the window: a ReplicaSet that lost its pods then comes
back in a rollback.
"""
STEPS = "ScalingReplicaSet"
"""The reason of these Events."""
