"""What sources of facts of one cluster call what they cover."""


def about(cluster: str) -> str:
    """What sources of facts of one cluster have in common, for `Seen` and `Gap`."""
    return f"kubernetes {cluster}"
