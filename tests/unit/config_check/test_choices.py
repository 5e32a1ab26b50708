"""The check makes the pod of each choice, by somebody who may choose it."""

import json

from tests.unit.config_check.conftest import HERE, Try
from tests.unit.hub.choice_configs import GPU, RSTUDIO, SMALL

FOR_SOME = GPU.model_copy(update={"users": (), "groups": ("physics:ml",)})
VALUES = {"choices": [json.loads(choice.model_dump_json()) for choice in (FOR_SOME, RSTUDIO, SMALL)]}


def test_choices_that_only_some_have_are_no_mistake(tried: Try) -> None:
    told: list[str] = []
    assert (tried("", values=VALUES, warnings=told), told) == ([], [])


def test_an_option_with_which_one_choice_cannot_start_is_refused_with_its_name(tried: Try) -> None:
    (mistake,) = tried(
        "c.KubeSpawner.uid = lambda spawner: 0 if spawner.image.startswith('rocker') else 1000", values=VALUES
    )
    assert mistake.startswith(f"{HERE}:1: KubeSpawner.uid: with this no notebook server could start: Choice rstudio: ")
