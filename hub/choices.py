"""Servers that people choose by name, the options of one start, and who may choose which."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from hub import free_form, people
from hub.contract_choices import ChoiceSize
from hub.free_form import MistakesError, quoted

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from jupyterhub.user import User

    from hub.contract import HubConfig
    from hub.contract_choices import Choice

FREE: Final = "free"
"""Name of the free form as an entry below the choices. No choice has it."""

NOTHING: Final = ("No server of this hub is for you.", "Its operator can change that.")
"""Reasons for a user without a choice."""

FIELDS: Final = ("choice", "image", "size")
"""Options of a start with a choice."""


class ForbiddenError(MistakesError):
    """A choice of others."""

    status = 403


@dataclass(frozen=True, kw_only=True)
class Server:
    """The server that somebody has chosen."""

    image: str
    """Image reference."""
    size: ChoiceSize
    """Resources and nodes."""
    choice: Choice | None
    """The choice; None: the free form."""


def offered_to(user: User | None, config: HubConfig) -> tuple[Choice, ...]:
    """Return the choices of a user, in the order of the page. Without a user: those for everybody."""

    def is_theirs(choice: Choice) -> bool:
        if not choice.users and not choice.groups:
            return True
        return user is not None and people.is_among(user, choice.users, choice.groups)

    return tuple(choice for choice in config.choices if is_theirs(choice))


def fields(config: HubConfig) -> frozenset[str]:
    """Return the names of all options that a start may have on this hub."""
    has_free_form = config.free_choice or not config.choices
    return frozenset([*(FIELDS if config.choices else ()), *(free_form.LABELS if has_free_form else ())])


def of_form(options: Mapping[str, object], config: HubConfig) -> dict[str, object]:
    """Return the options of a submitted form: those of the chosen entry, without those of the other entries."""
    if not config.choices:
        return dict(options)
    mine = f"{options.get('choice') or ''}."
    others = tuple(f"{name}." for name in (FREE, *(choice.name for choice in config.choices)) if f"{name}." != mine)
    kept = {name: value for name, value in options.items() if not name.startswith(others)}
    return {name.removeprefix(mine) if len(mine) > 1 else name: value for name, value in kept.items()}


def server(options: Mapping[str, object], user: User | None, config: HubConfig) -> Server:
    """Return the server that a user's options stand for. Missing and empty options are the first of each.

    Args:
        options: By name: `choice`, `image` and `size` as their names; for the free form those of `free_form.parse`.
        user: Whose server it is, with the groups of the last check.
        config: The choices, defaults and bounds.

    Raises:
        ForbiddenError: The choice is not one of the user's.
        MistakesError: With all mistakes.
    """
    if not config.choices:
        return _free(options, config)
    mine = offered_to(user, config)
    name = _text(options, "choice") or default(options, mine, config)
    if name == FREE and config.free_choice:
        return _free({key: value for key, value in options.items() if key != "choice"}, config)
    chosen = next((choice for choice in mine if choice.name == name), None)
    if chosen is None:
        if any(choice.name == name for choice in config.choices):
            raise ForbiddenError({"choice": f"{quoted(name)} is not for you."})
        names = [*(choice.name for choice in mine), *([FREE] if config.free_choice else [])]
        raise MistakesError({"choice": f"there is no {quoted(name)}. There are: {_listed(names)}."})
    return _chosen(options, chosen)


def default(options: Mapping[str, object], mine: Sequence[Choice], config: HubConfig) -> str:
    """Return the choice of options that name none.

    Raises:
        ForbiddenError: The user has no choice.
    """
    # Links and scripts from the time before there were choices.
    is_free = not options.keys().isdisjoint(free_form.LABELS.keys() - set(FIELDS))
    if config.free_choice and (is_free or not mine):
        return FREE
    if not mine:
        raise ForbiddenError({"": " ".join(NOTHING)})
    return mine[0].name


def _chosen(options: Mapping[str, object], choice: Choice) -> Server:
    mistakes = free_form.unknown_fields(options, FIELDS)

    def read(name: str, known: Sequence[str]) -> str:
        try:
            text = _text(options, name) or known[0]
        except MistakesError as error:
            mistakes.update(error.by_field)
            return known[0]
        if text not in known:
            mistakes[name] = f"{quoted(text)} is none of {choice.title}. There are: {_listed(known)}."
        return text

    image = read("image", [image.image for image in choice.images])
    size = read("size", [size.name for size in choice.sizes])
    if mistakes:
        raise MistakesError(mistakes)
    return Server(image=image, size=next(one for one in choice.sizes if one.name == size), choice=choice)


def _free(options: Mapping[str, object], config: HubConfig) -> Server:
    chosen = free_form.parse(options, config)
    size = ChoiceSize(
        name=FREE,
        title="",
        cpu=chosen.cpu,
        cpu_limit=config.cpu.max,
        memory=chosen.memory,
        memory_limit=config.pod.limit(chosen.memory),
        additional_resources=chosen.additional_resources,
        node_selector={},
    )
    return Server(image=chosen.image, size=size, choice=None)


def _text(options: Mapping[str, object], name: str) -> str:
    value = options.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise MistakesError({name: f"must be one name, not {quoted(value)}."})
    return value.strip()


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names) or "none for you"


def example_starts(config: HubConfig) -> list[tuple[str, Mapping[str, object], str, tuple[str, ...]]]:
    """Return a start of each choice by somebody who may choose it: label, options, user and groups.

    The preview makes the pods of these starts.
    """
    return [
        (f"Choice {choice.name}: ", {"choice": choice.name}, (*choice.users, "ada")[0], choice.groups)
        for choice in config.choices
    ]
