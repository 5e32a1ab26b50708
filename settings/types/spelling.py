"""Suggestions for misspelled words."""

from collections.abc import Iterable
from difflib import get_close_matches


def nearest(word: str, words: Iterable[str]) -> str | None:
    """Return the most similar of `words`, if any is similar; case does not matter."""
    by_lower = {known.lower(): known for known in words}
    matches = get_close_matches(word.lower()[:100], by_lower, n=1)
    return by_lower[matches[0]] if matches else None
