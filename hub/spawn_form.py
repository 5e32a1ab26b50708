"""The form in which people choose image, CPU, memory and additional resources of their notebook server."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from weakref import WeakKeyDictionary

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from hub import choice_cards, choice_words, choices, free_form, image_rule, lifetime, quantity
from hub.contract import EPHEMERAL_STORAGE
from hub.errors import HubError
from hub.notebook_start import command
from hub.pages import SpawnPage
from hub.pod_settings import HOME_VOLUME

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from jupyterhub.user import User
    from kubespawner import KubeSpawner

    from hub.contract import HubConfig
    from hub.contract_choices import Choice, ChoiceSize


_REPLACED_BY_CHOICES: Final = ("cpu_limit", "cmd", "default_url", "node_selector", "own_environment", "volume_mounts")
"""Attributes of the spawner that a choice replaces for one start."""


class _Filling(NamedTuple):
    """Content of the form's fields, by field name. Fields without a text show their default."""

    texts: Mapping[str, str]
    mistakes: Mapping[str, str] = {}
    """Reasons why the texts are not allowed."""
    notes: Mapping[str, str] = {}
    """Reasons why the default is there."""
    by_link: bool = False
    """Whether the texts come from a link, and not from the user."""


class SpawnForm:
    """The three hooks by which JupyterHub shows the form, reads it, and applies what was chosen.

    They have the names of the spawner's traits that they are for.
    """

    def __init__(self, config: HubConfig) -> None:
        environment = Environment(
            loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined
        )
        self._template = environment.get_template("spawn_choices.html" if config.choices else "spawn_form.html")
        self._config = config
        self._submitted: WeakKeyDictionary[KubeSpawner, _Filling] = WeakKeyDictionary()
        self._replaced: WeakKeyDictionary[KubeSpawner, Mapping[str, tuple[object, object]]] = WeakKeyDictionary()
        """By spawner and trait, the value of the configuration, and that of the last choice."""

    def __deepcopy__(self, _memo: object) -> SpawnForm:
        """Stay one: traitlets copies configured hooks for every spawner, but what was typed must be found again."""
        return self

    def options_form(self, spawner: KubeSpawner) -> str:
        """Return the HTML of the fields, filled with what was just submitted, else by a link, else as last time.

        Raises:
            HubError: There is nothing that the user can choose, status 403.
        """
        config, user = self._config, spawner.user
        offered = choices.offered_to(user, config)
        if config.choices and not offered and not config.free_choice:
            raise HubError(choices.NOTHING, status=403)
        page = self._submitted.pop(spawner, None) or self._linked(spawner)
        if config.choices and "choice" not in page.texts:
            page = page._replace(texts={**page.texts, "choice": choices.default(page.texts, offered, config)})
        is_free = not config.choices or page.texts.get("choice") == choices.FREE
        return self._template.render(
            config=config,
            free=choices.FREE,
            cards=choice_cards.cards(offered, page.texts, page.mistakes, page.notes),
            has_ranges=choice_words.has_ranges([size for one in offered for size in one.sizes]),
            page=page,
            # Of the free form.
            filling=page if is_free else _Filling({}),
            prefix=f"{choices.FREE}." if config.choices else "",
            labels=free_form.LABELS,
            longest=free_form.LONGEST,
            defaults={
                "image": config.image,
                "cpu": quantity.show_cpus(config.cpu.default),
                "memory": quantity.show_bytes(config.memory.default),
                "additional_resources": "",
            },
            images=image_rule.offered(config),
            example=free_form.example(config),
            lifetime=lifetime.sentences(config),
            show_bytes=quantity.show_bytes,
            show_cpus=quantity.show_cpus,
        )

    def options_from_form(
        self, form_data: Mapping[str, Sequence[object]], spawner: KubeSpawner | None = None
    ) -> dict[str, object]:
        """Return the text of each field as `user_options`, which JupyterHub keeps for the next time.

        Args:
            form_data: All values of each field.
            spawner: The spawner that shows the form again after mistakes.

        Raises:
            HubError: JupyterHub then shows the form again, with the reasons above it.
        """
        options = choices.of_form(_options(form_data), self._config)
        user = None if spawner is None else spawner.user
        mistakes = self._mistakes(options, user)
        if spawner is not None:
            # Kept also if they are right: the start may be refused for another reason.
            self._submitted[spawner] = _Filling(_texts(options), mistakes.by_field if mistakes else {})
        if mistakes:
            raise _refusal(mistakes, spawner)
        return options

    def apply_user_options(self, spawner: KubeSpawner, user_options: Mapping[str, object]) -> None:
        """Give the server what was chosen. Checks it again: options that come by the REST API have passed no form.

        The chosen CPU is a guarantee, and the most that the hub allows is the limit (see `jupyterhub_config.py`): an
        idle CPU may be used by all. Memory cannot be taken back from a process, so guarantee and limit are the same
        unless the operator overcommits it.

        Raises:
            HubError: With all mistakes, status 400.
        """
        try:
            chosen = choices.server(user_options, spawner.user, self._config)
        except free_form.MistakesError as error:
            # JupyterHub has already stored them, as the default of the next start.
            _record(spawner, {})
            raise _refusal(error, spawner) from None
        size = chosen.size
        spawner.image = chosen.image
        spawner.cpu_guarantee = size.cpu
        spawner.mem_guarantee, spawner.mem_limit = size.memory, size.memory_limit
        # Kubernetes wants both to be equal for extended resources.
        counts = {name: str(count) for name, count in size.additional_resources.items()}
        requested, limit = self._config.ephemeral_storage_request, self._config.ephemeral_storage
        spawner.extra_resource_guarantees = {**counts, EPHEMERAL_STORAGE: str(requested)}
        spawner.extra_resource_limits = {**counts, EPHEMERAL_STORAGE: str(limit)}
        if self._config.choices:
            self._replace_traits(spawner, chosen)
            # The culler reads it, also if a start has named no choice.
            _record(spawner, {**user_options, "choice": chosen.choice.name if chosen.choice else choices.FREE})
        self._submitted.pop(spawner, None)

    def _replace_traits(self, spawner: KubeSpawner, chosen: choices.Server) -> None:
        """Set the traits that a choice replaces, and set those of the last choice back.

        A spawner is used for many starts. Values that `group_overrides` has set meanwhile stay.
        """
        for name, (configured, last) in self._replaced.pop(spawner, {}).items():
            if getattr(spawner, name) == last:
                setattr(spawner, name, configured)
        if chosen.choice is None:
            return
        configured = {name: getattr(spawner, name) for name in _REPLACED_BY_CHOICES}
        wanted = _traits(chosen.choice, chosen.size, configured, self._config)
        for name, value in wanted.items():
            setattr(spawner, name, value)
        self._replaced[spawner] = {name: (configured[name], getattr(spawner, name)) for name in wanted}

    def _linked(self, spawner: KubeSpawner) -> _Filling:
        """Return the last choice, with the options of the link that the user followed in front."""
        last = self._last_choice(spawner)
        page = spawner.handler
        if not isinstance(page, SpawnPage):
            return last
        # Links often have other parameters, for statistics.
        known = choices.fields(self._config)
        options = _options({name: values for name, values in page.linked.items() if name in known})
        if not options:
            return last
        mistakes = self._mistakes(options, spawner.user)
        if self._config.choices:
            if mistakes:
                page.set_status(_refusal(mistakes, spawner).status_code)
            # The last image and size may be those of another choice.
            return _Filling(_texts(options), mistakes.by_field if mistakes else {}, by_link=True)
        return _Filling(
            {**{name: text for name, text in last.texts.items() if name not in options}, **_texts(options)},
            mistakes.by_field if mistakes else {},
            {name: note for name, note in last.notes.items() if name not in options},
            by_link=True,
        )

    def _last_choice(self, spawner: KubeSpawner) -> _Filling:
        """Return the last choice. What is not allowed any more is left out, with a note."""
        known = choices.fields(self._config)
        options = {name: value for name, value in spawner.user_options.items() if name in known}
        mistakes = self._mistakes(options, spawner.user)
        refused = {name: reason for name, reason in (mistakes.by_field if mistakes else {}).items() if name in options}
        left = {} if "choice" in refused else options
        return _Filling(
            _texts({name: value for name, value in left.items() if name not in refused}),
            notes={
                name: f"Your last choice, {free_form.quoted(options[name])}, is not allowed any more."
                for name in refused
            },
        )

    def _mistakes(self, options: Mapping[str, object], user: User | None) -> free_form.MistakesError | None:
        try:
            choices.server(options, user, self._config)
        except free_form.MistakesError as error:
            return error
        return None


def _record(spawner: KubeSpawner, options: dict[str, object]) -> None:
    spawner.user_options = options
    if spawner.orm_spawner is not None:
        spawner.orm_spawner.user_options = options


def _refusal(error: free_form.MistakesError, spawner: KubeSpawner | None) -> HubError:
    """Return the error for people, and log who tried what: the reasons quote it."""
    if spawner is not None and spawner.user:
        asking = getattr(spawner.handler, "current_user", None) or spawner.user
        spawner.log.warning(
            "Refused options of %s for the server of %s: %s", asking.name, spawner.user.name, " ".join(error.reasons)
        )
    return HubError(error.reasons, status=error.status)


def _traits(of: Choice, size: ChoiceSize, configured: Mapping[str, Any], config: HubConfig) -> dict[str, Any]:
    """Return the values of a choice for the traits that it replaces."""
    traits: dict[str, Any] = {"cpu_limit": size.cpu_limit}
    if of.max_hours:
        traits["own_environment"] = {
            **configured["own_environment"],
            lifetime.VARIABLE: " ".join(lifetime.sentences(config, of)),
        }
    if of.command:
        traits["cmd"] = command(of.command)
    if of.default_url is not None:
        traits["default_url"] = of.default_url
    if size.node_selector:
        traits["node_selector"] = {**configured["node_selector"], **size.node_selector}
    if of.home_path is not None:
        found: Any = configured["volume_mounts"]
        # extraConfig may make it a dict.
        mounts: list[dict[str, Any]] = list(found.values()) if hasattr(found, "values") else found
        traits["volume_mounts"] = [
            {**mount, "mountPath": of.home_path} if mount["name"] == HOME_VOLUME else mount for mount in mounts
        ]
    return traits


def _options(form_data: Mapping[str, Sequence[object]]) -> dict[str, object]:
    fields = {name: values for name, values in form_data.items() if name != "_xsrf"}
    return {name: values[0] if len(values) == 1 else list(values) for name, values in fields.items()}


def _texts(options: Mapping[str, object]) -> dict[str, str]:
    """Return what to show in the fields; those with several values, or more than a field takes, stay out."""
    names = dict.fromkeys((*choices.FIELDS, *free_form.LABELS))
    given = {name: value for name in names if (value := options.get(name)) and not isinstance(value, list)}
    texts = {name: value if isinstance(value, str) else json.dumps(value) for name, value in given.items()}
    return {name: text for name, text in texts.items() if len(text) <= free_form.LONGEST}
