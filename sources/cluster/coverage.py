"""The name under which all sources about one cluster report their coverage."""


def about(cluster: str) -> str:
    """The part that all sources about one cluster share in `Seen` and `Gap`."""
    return f"kubernetes {cluster}"
