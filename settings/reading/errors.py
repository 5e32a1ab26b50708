"""The errors of this package."""

from collections.abc import Sequence


class SettingsError(Exception):
    """A stack's settings are wrong.

    The message begins with the place of the settings. Then each mistake has a line with the key, the problem and the
    fix. It contains no values of secret keys.
    """

    def __init__(self, mistakes: Sequence[str], *, where: str = "The stack's config") -> None:
        self.mistakes = tuple(mistakes)
        """One text for each mistake, each beginning with its key."""
        count = f"{len(self.mistakes)} mistake{'' if len(self.mistakes) == 1 else 's'}"
        super().__init__("\n".join([f"{where} has {count}:", *(f"  * {mistake}" for mistake in self.mistakes)]))
