"""The errors of this package."""

from collections.abc import Sequence


class SettingsError(Exception):
    """A stack's settings are wrong.

    Its text is for people: it names where the settings are, and on one line for each mistake the key, what is wrong
    and how to fix it. Values of secret keys are not in it.
    """

    def __init__(self, mistakes: Sequence[str], *, where: str = "The stack's config") -> None:
        self.mistakes = tuple(mistakes)
        """One text for each mistake, each beginning with its key."""
        count = f"{len(self.mistakes)} mistake{'' if len(self.mistakes) == 1 else 's'}"
        super().__init__("\n".join([f"{where} has {count}:", *(f"  * {mistake}" for mistake in self.mistakes)]))
