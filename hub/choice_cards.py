"""The cards of the spawn page: one for each choice of a user, as the template shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from hub import choice_words, lifetime

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from hub.contract_choices import Choice


class Option(NamedTuple):
    """An entry of a list."""

    value: str
    label: str
    selected: bool


class Card(NamedTuple):
    """A choice on the page."""

    name: str
    title: str
    description: str
    gets: str
    """Its resources in words."""
    lifetime: str
    """When it is stopped, if the choice says so."""
    checked: bool
    images: Sequence[Option]
    sizes: Sequence[Option]
    """Several to choose from; empty if there is only one."""
    mistakes: Mapping[str, str]
    """Reasons by field."""
    notes: Mapping[str, str]
    """Notes by field."""

    @property
    def lists(self) -> Sequence[tuple[str, str, Sequence[Option]]]:
        """Name, label and entries of each list that the card has."""
        found = (("image", "Image", self.images), ("size", "Size", self.sizes))
        return [(name, label, entries) for name, label, entries in found if len(entries) > 1]

    @property
    def image(self) -> str:
        """Title of its image, if there is only one."""
        return self.images[0].label if len(self.images) == 1 else ""


def cards(
    choices: Iterable[Choice], texts: Mapping[str, str], mistakes: Mapping[str, str], notes: Mapping[str, str]
) -> list[Card]:
    """Return the cards.

    Args:
        choices: The choices of the user.
        texts: What is chosen, by field: `choice`, `image` and `size`.
        mistakes: Reasons why it is not allowed, by field.
        notes: Notes, by field.
    """
    found: list[Card] = []
    for choice in choices:
        checked = choice.name == texts.get("choice")
        of_card = texts if checked else dict[str, str]()
        images = [(image.image, image.title) for image in choice.images]
        sizes = [(size.name, _label(size.title, choice_words.of_size(size))) for size in choice.sizes]
        found.append(
            Card(
                name=choice.name,
                title=choice.title,
                description=choice.description,
                gets=choice_words.of_sizes(choice.sizes),
                lifetime=lifetime.of_choice(choice),
                checked=checked,
                images=_options(images, of_card.get("image")),
                sizes=_options(sizes, of_card.get("size")),
                mistakes=mistakes if checked else {},
                notes=notes if checked else {},
            )
        )
    return found


def _label(title: str, words: str) -> str:
    return f"{title}: {words}" if title else words


def _options(entries: Iterable[tuple[str, str]], chosen: str | None) -> list[Option]:
    return [Option(value, label, value == chosen) for value, label in entries]
