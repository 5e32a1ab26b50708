"""The cards of the spawn page, and what is read from them."""

from types import SimpleNamespace
from typing import Any

import pytest
from kubespawner import KubeSpawner

from hub.contract import HubConfig
from hub.errors import HubError
from hub.spawn_form import SpawnForm
from tests.unit.hub.choice_configs import GPU, RSTUDIO, SMALL, WITH_CHOICES, WITH_FREE
from tests.unit.hub.page import Page


class FakeSpawner(KubeSpawner):
    """KubeSpawner's traits of a user, without a cluster."""

    def __init__(self, user: str = "eve", *groups: str, **user_options: object) -> None:
        self.user: Any = SimpleNamespace(name=user, groups=[SimpleNamespace(name=group) for group in groups])
        self.user_options = user_options


def page_of(spawner: FakeSpawner, config: HubConfig = WITH_CHOICES) -> str:
    return SpawnForm(config).options_form(spawner)


def radios(html: str) -> dict[str, bool]:
    """Return the cards, and whether each is chosen."""
    tags = [tag.partition(">")[0] for tag in html.split("<input")[1:]]
    return {tag.partition('value="')[2].partition('"')[0]: "checked" in tag for tag in tags if 'type="radio"' in tag}


def selected(html: str) -> list[str]:
    """Return the chosen entries of the lists."""
    tags = [tag.partition(">")[0] for tag in html.split("<option")[1:]]
    return [tag.partition('value="')[2].partition('"')[0] for tag in tags if tag.endswith("selected")]


def test_a_card_has_title_description_and_resources_in_words() -> None:
    text = " ".join(Page(page_of(FakeSpawner("ada"))).text.split())
    for part in (
        "Small For courses 0.5 to 2 CPUs, 2 GB",
        "RStudio From 2 CPUs, 8 GB to 4 CPUs, 16 GB",
        "R 4.4",
        "Medium: 2 CPUs, 8 GB",
        "One L4 8 CPUs, 60 GB, one NVIDIA L4 Stopped after 8 hours PyTorch",
    ):
        assert part in text


@pytest.mark.parametrize(
    ("spawner", "config", "cards"),
    [
        (FakeSpawner("eve"), WITH_CHOICES, ["small", "rstudio"]),
        (FakeSpawner("ada"), WITH_CHOICES, ["small", "rstudio", "gpu"]),
        (FakeSpawner("eve", "physics:ml"), WITH_CHOICES, ["small", "rstudio", "gpu"]),
        (FakeSpawner("eve", "physics"), WITH_CHOICES, ["small", "rstudio"]),
        (FakeSpawner("eve"), WITH_FREE, ["small", "rstudio", "free"]),
    ],
    ids=["everybody", "name", "group", "another-group", "free"],
)
def test_people_see_their_choices_and_the_first_is_chosen(
    spawner: FakeSpawner, config: HubConfig, cards: list[str]
) -> None:
    assert list(radios(page_of(spawner, config)).items()) == [(name, name == "small") for name in cards]


def test_people_without_a_choice_get_a_page_that_says_so() -> None:
    config = WITH_CHOICES.model_copy(update={"choices": (GPU,)})
    with pytest.raises(HubError) as caught:
        page_of(FakeSpawner("eve"), config)
    assert (caught.value.status_code, "No server of this hub is for you" in str(caught.value)) == (403, True)
    free = config.model_copy(update={"free_choice": True})
    assert radios(page_of(FakeSpawner("eve"), free)) == {"free": True}


def test_the_last_choice_is_chosen_again() -> None:
    html = page_of(FakeSpawner(choice="rstudio", image="rocker/binder:4.3", size="large"))
    assert radios(html) == {"small": False, "rstudio": True}
    assert selected(html) == ["rocker/binder:4.3", "large"]


@pytest.mark.parametrize(
    ("last", "chosen", "note"),
    [
        ({"choice": "gpu"}, "small", "Your last choice, &#39;gpu&#39;, is not allowed any more."),
        ({"choice": "gone", "size": "x"}, "small", "Your last choice, &#39;gone&#39;, is not allowed any more."),
        (
            {"choice": "rstudio", "size": "gone"},
            "rstudio",
            "Your last choice, &#39;gone&#39;, is not allowed any more.",
        ),
        ({"cpu": "2", "image": "quay.io/jupyter/x"}, "small", ""),
        ({"choice": {"a": ["b"]}}, "small", "is not allowed any more."),
    ],
    ids=str,
)
def test_a_last_choice_that_is_not_offered_any_more_is_told(last: dict[str, Any], chosen: str, note: str) -> None:
    html = page_of(FakeSpawner(**last))
    assert [name for name, checked in radios(html).items() if checked] == [chosen]
    assert note in html


def test_the_free_form_is_the_last_card_with_its_last_values() -> None:
    html = page_of(FakeSpawner(choice="free", cpu="2"), WITH_FREE)
    assert radios(html) == {"small": False, "rstudio": False, "free": True}
    assert {name: text for name, text in Page(html).values().items() if name != "choice"} == {
        "free.image": WITH_FREE.image,
        "free.cpu": "2",
        "free.memory": "1Gi",
        "free.additional_resources": "",
    }


BROWSER: dict[str, list[object]] = {
    "rstudio.image": ["rocker/binder:4.4"],
    "rstudio.size": ["medium"],
    "free.image": [WITH_FREE.image],
    "free.cpu": ["lots"],
    "free.memory": [""],
    "free.additional_resources": [""],
    "_xsrf": ["x"],
}
"""What a browser sends of the cards that are not chosen."""


@pytest.mark.parametrize(
    ("sent", "options"),
    [
        ({"choice": ["small"]}, {"choice": "small"}),
        ({"choice": ["rstudio"]}, {"choice": "rstudio", "image": "rocker/binder:4.4", "size": "medium"}),
        (
            {"choice": ["free"], "free.cpu": ["2"]},
            {"choice": "free", "image": WITH_FREE.image, "cpu": "2", "memory": "", "additional_resources": ""},
        ),
    ],
    ids=str,
)
def test_only_the_fields_of_the_chosen_card_count(sent: dict[str, list[object]], options: dict[str, object]) -> None:
    assert SpawnForm(WITH_FREE).options_from_form({**BROWSER, **sent}, FakeSpawner()) == options


def test_a_wrong_field_has_its_reason_beside_it_and_keeps_the_card() -> None:
    form, spawner = SpawnForm(WITH_FREE), FakeSpawner()
    with pytest.raises(HubError) as caught:
        form.options_from_form({**BROWSER, "choice": ["free"]}, spawner)
    assert caught.value.status_code == 400
    html = form.options_form(spawner)
    assert [name for name, checked in radios(html).items() if checked] == ["free"]
    page = Page(html)
    assert page.inputs["free.cpu"]["aria-invalid"] == "true"
    assert "free.cpu-mistake" in page.ids
    assert "'lots' is not an amount" in page.text


EVIL = '"><script>alert(1)</script>'


def test_every_text_of_a_choice_is_escaped() -> None:
    evil: Any = SMALL.model_copy(update={"title": EVIL, "description": EVIL})
    html = page_of(FakeSpawner(), WITH_CHOICES.model_copy(update={"choices": (evil,)}))
    assert "<script" not in html
    page = Page(html)
    assert "script" not in page.tags
    assert EVIL in page.text


def test_every_field_has_a_label_and_existing_descriptions() -> None:
    html = page_of(FakeSpawner("ada"), WITH_FREE)
    page = Page(html)
    ids = [name for name in page.ids if name]
    assert len(ids) == len(set(ids))
    referred = [
        name
        for attribute in ("aria-describedby", "aria-labelledby", "for")
        for part in html.split(f'{attribute}="')[1:]
        for name in part.partition('"')[0].split()
    ]
    assert set(referred) <= set(ids)
    fields = {part.partition('"')[0] for tag in ("<select id=", "<input id=") for part in html.split(f'{tag}"')[1:]}
    assert fields <= set(page.label_for)


def test_choices_of_another_entry_do_not_fill_a_card() -> None:
    assert selected(page_of(FakeSpawner(choice="small"))) == []
    assert RSTUDIO.images[1].image in page_of(FakeSpawner(choice="small"))
