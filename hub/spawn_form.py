"""The form in which people choose image, CPU, memory and additional resources of their notebook server."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from hub import choice, image_rule, quantity
from hub.errors import HubError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from kubespawner import KubeSpawner

    from hub.contract import HubConfig


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
        self._turned_down: WeakKeyDictionary[KubeSpawner, tuple[dict[str, str], dict[str, str]]] = WeakKeyDictionary()

    def __deepcopy__(self, _memo: object) -> SpawnForm:
        """Stay one: traitlets copies configured hooks for every spawner, but what was typed must be found again."""
        return self

    def options_form(self, spawner: KubeSpawner) -> str:
        """Return the HTML of the fields, filled with what was just turned down, else the last choice, else defaults."""
        texts, mistakes = self._turned_down.pop(spawner, (self._last_choice(spawner), {}))
        config = self._config
        return self._template.render(
            config=config,
            labels=choice.LABELS,
            longest=choice.LONGEST,
            texts=texts,
            defaults={
                "image": config.image,
                "cpu": quantity.show_cpus(config.cpu.default),
                "memory": quantity.show_bytes(config.memory.default),
                "additional_resources": "",
            },
            mistakes=mistakes,
            images=image_rule.offered(config),
            example=choice.example(config),
            show_bytes=quantity.show_bytes,
            show_cpus=quantity.show_cpus,
        )

    def options_from_form(
        self, form_data: Mapping[str, Sequence[object]], spawner: KubeSpawner | None = None
    ) -> dict[str, object]:
        """Return the text of each field as `user_options`, which JupyterHub keeps for the next time.

        Args:
            form_data: All values of each field. Those of the query in `/hub/spawn?cpu=1` come here, too.
            spawner: The spawner that shows the form again after mistakes; JupyterHub gives none for a query.

        Raises:
            HubError: JupyterHub then shows the form again, with the reasons above it.
        """
        fields = {name: values for name, values in form_data.items() if name != "_xsrf"}
        options = {name: values[0] if len(values) == 1 else list(values) for name, values in fields.items()}
        try:
            choice.parse(options, self._config)
        except choice.MistakesError as error:
            if spawner is not None:
                self._turned_down[spawner] = (_texts(options), error.by_field)
            raise HubError(error.reasons) from None
        if not options:
            # As when the page that shows mistakes is loaded again. That must not start a server.
            raise HubError(["Choose what your notebook server gets, then press Start."])
        return options

    def apply_user_options(self, spawner: KubeSpawner, user_options: Mapping[str, object]) -> None:
        """Give the server what was chosen. Checks it again: options that come by the REST API have passed no form.

        The chosen CPU is a guarantee, and the most that the hub allows is the limit (see `jupyterhub_config.py`): an
        idle CPU may be used by all. Memory cannot be taken back from a process, so guarantee and limit are the same.

        Raises:
            HubError: With all mistakes, status 400.
        """
        try:
            chosen = choice.parse(user_options, self._config)
        except choice.MistakesError as error:
            raise HubError(error.reasons) from None
        spawner.image = chosen.image
        spawner.cpu_guarantee = chosen.cpu
        spawner.mem_guarantee = spawner.mem_limit = chosen.memory
        # Kubernetes wants both to be equal for extended resources.
        counts = {name: str(count) for name, count in chosen.additional_resources.items()}
        spawner.extra_resource_guarantees = spawner.extra_resource_limits = counts

    def _last_choice(self, spawner: KubeSpawner) -> dict[str, str]:
        """Return the texts of the last choice, or none if it would not be allowed now."""
        try:
            choice.parse(spawner.user_options, self._config)
        except choice.MistakesError:
            return {}
        return _texts(spawner.user_options)


def _texts(options: Mapping[str, object]) -> dict[str, str]:
    """Return what to show in the fields; those with several values, or more than a field takes, stay out."""
    given = {name: value for name in choice.LABELS if (value := options.get(name)) and not isinstance(value, list)}
    texts = {name: value if isinstance(value, str) else json.dumps(value) for name, value in given.items()}
    return {name: text for name, text in texts.items() if len(text) <= choice.LONGEST}
