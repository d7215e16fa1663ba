"""How long before the window a deploy may have begun that is still under way in it or explains it."""

from datetime import timedelta

LEAD = timedelta(hours=72)
"""The longest wait of a deploy for an approval, a sync window or the next attempt."""
