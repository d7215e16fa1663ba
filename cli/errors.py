"""What the user got wrong, as opposed to what a system could not answer."""


class UsageError(Exception):
    """An option or the configuration cannot be used; nothing was asked of any system.

    The message is one line that names the culprit and the remedy.
    """

    def __init__(self, message: str) -> None:
        """Line breaks and unprintable characters that came in with a name or a value are made harmless."""
        super().__init__("".join(char if char.isprintable() else " " for char in message))
