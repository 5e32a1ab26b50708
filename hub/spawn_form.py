"""The form in which people choose image, CPU, memory and additional resources of their notebook server."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from weakref import WeakKeyDictionary

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from hub import choice, image_rule, lifetime, quantity
from hub.contract import EPHEMERAL_STORAGE
from hub.errors import HubError
from hub.pages import SpawnPage

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from kubespawner import KubeSpawner

    from hub.contract import HubConfig


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
        self._template = environment.get_template("spawn_form.html")
        self._config = config
        self._submitted: WeakKeyDictionary[KubeSpawner, _Filling] = WeakKeyDictionary()

    def __deepcopy__(self, _memo: object) -> SpawnForm:
        """Stay one: traitlets copies configured hooks for every spawner, but what was typed must be found again."""
        return self

    def options_form(self, spawner: KubeSpawner) -> str:
        """Return the HTML of the fields, filled with what was just submitted, else by a link, else as last time."""
        config = self._config
        filling = self._submitted.pop(spawner, None) or self._linked(spawner)
        return self._template.render(
            config=config,
            labels=choice.LABELS,
            longest=choice.LONGEST,
            filling=filling,
            defaults={
                "image": config.image,
                "cpu": quantity.show_cpus(config.cpu.default),
                "memory": quantity.show_bytes(config.memory.default),
                "additional_resources": "",
            },
            images=image_rule.offered(config),
            example=choice.example(config),
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
        options = _options(form_data)
        mistakes = self._mistakes(options)
        if spawner is not None:
            # Kept also if they are right: the start may be refused for another reason.
            self._submitted[spawner] = _Filling(_texts(options), mistakes.by_field if mistakes else {})
        if mistakes:
            raise HubError(mistakes.reasons)
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
            chosen = choice.parse(user_options, self._config)
        except choice.MistakesError as error:
            # JupyterHub has already stored them, as the default of the next start.
            spawner.user_options = {}
            if spawner.orm_spawner is not None:
                spawner.orm_spawner.user_options = {}
            raise HubError(error.reasons) from None
        spawner.image = chosen.image
        spawner.cpu_guarantee = chosen.cpu
        spawner.mem_guarantee = chosen.memory
        spawner.mem_limit = self._config.pod.limit(chosen.memory)
        # Kubernetes wants both to be equal for extended resources.
        counts = {name: str(count) for name, count in chosen.additional_resources.items()}
        requested, limit = self._config.ephemeral_storage_request, self._config.ephemeral_storage
        spawner.extra_resource_guarantees = {**counts, EPHEMERAL_STORAGE: str(requested)}
        spawner.extra_resource_limits = {**counts, EPHEMERAL_STORAGE: str(limit)}
        self._submitted.pop(spawner, None)

    def _linked(self, spawner: KubeSpawner) -> _Filling:
        """Return the last choice, with the options of the link that the user followed in front."""
        last = self._last_choice(spawner)
        page = spawner.handler
        if not isinstance(page, SpawnPage):
            return last
        # Links often have other parameters, for statistics.
        options = _options({name: values for name, values in page.linked.items() if name in choice.LABELS})
        if not options:
            return last
        mistakes = self._mistakes(options)
        return _Filling(
            {**{name: text for name, text in last.texts.items() if name not in options}, **_texts(options)},
            mistakes.by_field if mistakes else {},
            {name: note for name, note in last.notes.items() if name not in options},
            by_link=True,
        )

    def _last_choice(self, spawner: KubeSpawner) -> _Filling:
        """Return the last choice. What is not allowed any more is left out, with a note."""
        options = {name: value for name, value in spawner.user_options.items() if name in choice.LABELS}
        mistakes = self._mistakes(options)
        refused = mistakes.by_field if mistakes else {}
        return _Filling(
            _texts({name: value for name, value in options.items() if name not in refused}),
            notes={
                name: f"Your last choice, {choice.quoted(options[name])}, is not allowed any more." for name in refused
            },
        )

    def _mistakes(self, options: Mapping[str, object]) -> choice.MistakesError | None:
        try:
            choice.parse(options, self._config)
        except choice.MistakesError as error:
            return error
        return None


def _options(form_data: Mapping[str, Sequence[object]]) -> dict[str, object]:
    fields = {name: values for name, values in form_data.items() if name != "_xsrf"}
    return {name: values[0] if len(values) == 1 else list(values) for name, values in fields.items()}


def _texts(options: Mapping[str, object]) -> dict[str, str]:
    """Return what to show in the fields; those with several values, or more than a field takes, stay out."""
    given = {name: value for name in choice.LABELS if (value := options.get(name)) and not isinstance(value, list)}
    texts = {name: value if isinstance(value, str) else json.dumps(value) for name, value in given.items()}
    return {name: text for name, text in texts.items() if len(text) <= choice.LONGEST}
