import copy

import pytest
from kubespawner import KubeSpawner

from hub.contract import HubConfig
from hub.errors import HubError
from hub.lifetime import sentences
from hub.spawn_form import SpawnForm
from tests.unit.hub.page import Page


class FakeSpawner(KubeSpawner):
    """KubeSpawner's traits, without a user and a cluster."""

    def __init__(self, user_options: dict[str, object] | None = None) -> None:
        self.user_options = user_options or {}


DEFAULTS = {
    "image": "registry.example/foo/notebook:1.0.0",
    "cpu": "0.5",
    "memory": "1Gi",
    "additional_resources": "",
}
CHOSEN = {
    "image": "quay.io/jupyter/base-notebook",
    "cpu": "500m",
    "memory": "1.5Gi",
    "additional_resources": '{"nvidia.com/gpu": 1}',
}


def submitted(texts: dict[str, str]) -> dict[str, list[object]]:
    return {name: [text] for name, text in texts.items()}


def refusal(form: SpawnForm, data: dict[str, list[object]], spawner: FakeSpawner | None = None) -> HubError:
    with pytest.raises(HubError) as caught:
        form.options_from_form(data, spawner)
    return caught.value


def test_the_form_has_four_labelled_fields_with_the_defaults(hub_config: HubConfig) -> None:
    page = Page(SpawnForm(hub_config).options_form(FakeSpawner()))
    assert page.values() == DEFAULTS
    assert page.label_for == list(DEFAULTS)


def test_every_field_has_existing_descriptions(hub_config: HubConfig) -> None:
    form, spawner = SpawnForm(hub_config), FakeSpawner()
    refusal(form, submitted(dict.fromkeys(DEFAULTS, "nonsense?")), spawner)
    page = Page(form.options_form(spawner))
    described = [name for field in page.inputs.values() for name in str(field["aria-describedby"]).split()]
    assert len(described) == 8
    assert set(described) <= set(page.ids)
    ids = [name for name in page.ids if name]
    assert len(ids) == len(set(ids))


def test_the_form_proposes_the_offered_images_and_shows_the_bounds(hub_config: HubConfig) -> None:
    page = Page(SpawnForm(hub_config).options_form(FakeSpawner()))
    assert page.proposed == [hub_config.image, *hub_config.images]
    for text in ("quay.io/jupyter/*", "From 0.1 to 4 CPUs", "From 256Mi to 8Gi", '{"nvidia.com/gpu": 1}', "at most 2"):
        assert text in " ".join(page.text.split())


def test_a_form_without_optional_parts_can_be_rendered(hub_config: HubConfig) -> None:
    bare = hub_config.model_copy(update={"images": (), "allowed_images": (), "additional_resources": {}})
    page = Page(SpawnForm(bare).options_form(FakeSpawner()))
    assert page.proposed == [bare.image]
    assert "You may also type" not in page.text
    assert "leave it empty" in page.text


def test_the_form_starts_with_the_last_choice(hub_config: HubConfig) -> None:
    form, spawner = SpawnForm(hub_config), FakeSpawner()
    spawner.user_options = form.options_from_form(submitted(CHOSEN), spawner)
    assert Page(form.options_form(spawner)).values() == CHOSEN


def test_the_form_starts_with_the_last_choice_by_the_api(hub_config: HubConfig) -> None:
    spawner = FakeSpawner({"cpu": 2, "memory": 2**30, "additional_resources": {"nvidia.com/gpu": 1}})
    assert Page(SpawnForm(hub_config).options_form(spawner)).values() == {
        **DEFAULTS,
        "cpu": "2",
        "memory": "1073741824",
        "additional_resources": '{"nvidia.com/gpu": 1}',
    }


@pytest.mark.parametrize(
    "user_options",
    [
        {"cpu": "99"},
        {"image": '"><script>alert(1)</script>'},
        {"image": "\ud800"},
        {"cpu": [["1"]], "memory": {"a": "b"}, "x": None},
        {"profile": "x"},
    ],
)
def test_an_invalid_last_choice_is_replaced_by_the_defaults(
    user_options: dict[str, object], hub_config: HubConfig
) -> None:
    html = SpawnForm(hub_config).options_form(FakeSpawner(user_options))
    html.encode()
    assert Page(html).values() == DEFAULTS


def test_after_mistakes_the_form_keeps_values_and_marks_fields(hub_config: HubConfig) -> None:
    form, spawner = SpawnForm(hub_config), FakeSpawner()
    typed = {**CHOSEN, "cpu": "lots", "memory": "-1"}
    refusal(form, submitted(typed), spawner)
    html = form.options_form(spawner)
    page = Page(html)
    assert page.values() == typed
    assert [name for name, field in page.inputs.items() if "aria-invalid" in field] == ["cpu", "memory"]
    assert "'lots' is not an amount. Write it like 0.5, 2 or 500m." in page.text
    assert Page(form.options_form(spawner)).values() == DEFAULTS, "a later visit starts with the defaults"


def test_typed_values_are_not_shown_to_other_users(hub_config: HubConfig) -> None:
    form, alice, bob = SpawnForm(hub_config), FakeSpawner(), FakeSpawner()
    refusal(form, submitted({"cpu": "mine"}), alice)
    assert "mine" not in form.options_form(bob)
    assert "mine" in form.options_form(alice)


def test_hooks_copied_by_traitlets_share_the_typed_values(hub_config: HubConfig) -> None:
    form, spawner = SpawnForm(hub_config), FakeSpawner()
    options_from_form, options_form = copy.deepcopy(form.options_from_form), copy.deepcopy(form.options_form)
    with pytest.raises(HubError):
        options_from_form(submitted({"cpu": "lots"}), spawner)
    assert Page(options_form(spawner)).values()["cpu"] == "lots"


EVIL = '"><script>alert(1)</script><input name="'


@pytest.mark.parametrize("field", list(DEFAULTS))
def test_typed_html_is_escaped(field: str, hub_config: HubConfig) -> None:
    form, spawner = SpawnForm(hub_config), FakeSpawner()
    error = refusal(form, submitted({field: EVIL}), spawner)
    assert "<script" not in error.jupyterhub_html_message
    page = Page(form.options_form(spawner))
    assert page.values()[field] == EVIL
    assert set(page.inputs) == set(DEFAULTS)
    assert "script" not in page.tags


def test_all_mistakes_are_readable_text_with_http_400(hub_config: HubConfig) -> None:
    error = refusal(SpawnForm(hub_config), submitted({"cpu": "lots", "memory": "9Gi"}))
    assert error.status_code == 400
    assert error.jupyterhub_message == (
        "CPU: 'lots' is not an amount. Write it like 0.5, 2 or 500m. Memory: '9Gi' is too much. The maximum is 8Gi."
    )
    assert error.jupyterhub_html_message == (
        "CPU: &#39;lots&#39; is not an amount. Write it like 0.5, 2 or 500m.<br>"
        "Memory: &#39;9Gi&#39; is too much. The maximum is 8Gi."
    )


@pytest.mark.parametrize(
    "data",
    [
        {"cpu": ["1", "2"]},
        {"cpu": []},
        {"image": ["quay.io/jupyter/a", "evil/x:1"]},
        {"profile": ["x"]},
        {"image--unlisted-choice": ["evil/x:1"]},
        {"image_file": [{"filename": "x", "body": b"\xff"}]},
        {"_xsrf": ["2|a"], "cpu": ["lots"]},
        {"cpu": ["x" * 10_000_000]},
    ],
)
def test_repeated_unknown_and_oversized_fields_are_refused(
    data: dict[str, list[object]], hub_config: HubConfig
) -> None:
    form, spawner = SpawnForm(hub_config), FakeSpawner()
    assert 0 < len(refusal(form, data, spawner).jupyterhub_message) < 500
    assert len(form.options_form(spawner)) < 10_000


def test_a_last_choice_that_is_not_allowed_any_more_is_named(hub_config: HubConfig) -> None:
    page = Page(SpawnForm(hub_config).options_form(FakeSpawner({"image": "quay.io/old/image:1", "cpu": "2"})))
    assert page.values() == {**DEFAULTS, "cpu": "2"}
    assert "Your last choice, 'quay.io/old/image:1', is not allowed any more." in page.text
    assert not any("aria-invalid" in field for field in page.inputs.values())


def test_missing_and_empty_form_fields_are_defaults(hub_config: HubConfig) -> None:
    form, spawner = SpawnForm(hub_config), FakeSpawner()
    form.apply_user_options(spawner, form.options_from_form(submitted({"cpu": "2", "memory": " "})))
    assert (spawner.image, spawner.cpu_guarantee, spawner.mem_limit) == (hub_config.image, 2, 2**30)


def test_a_choice_is_applied_as_guarantees_and_limits(hub_config: HubConfig) -> None:
    form, spawner = SpawnForm(hub_config), FakeSpawner()
    form.apply_user_options(spawner, form.options_from_form(submitted(CHOSEN), spawner))
    assert spawner.image == "quay.io/jupyter/base-notebook"
    assert spawner.cpu_guarantee == 0.5
    assert spawner.mem_guarantee == spawner.mem_limit == 3 * 2**29
    assert spawner.extra_resource_guarantees == {"nvidia.com/gpu": "1", "ephemeral-storage": str(256 * 2**20)}
    assert spawner.extra_resource_limits == {"nvidia.com/gpu": "1", "ephemeral-storage": str(10 * 2**30)}


def test_a_new_choice_replaces_the_previous_one(hub_config: HubConfig) -> None:
    form, spawner = SpawnForm(hub_config), FakeSpawner()
    form.apply_user_options(spawner, CHOSEN)
    form.apply_user_options(spawner, {})
    fresh = FakeSpawner()
    form.apply_user_options(fresh, {})
    assert vars(spawner) == vars(fresh)


@pytest.mark.parametrize(
    "user_options",
    [
        {"image": "evil/x:1"},
        {"image": "quay.io/jupyter/x\n:1"},
        {"image--unlisted-choice": "evil/x:1"},
        {"profile": ""},
        {"cpu": 100},
        {"memory": True},
        {"additional_resources": {"nvidia.com/gpu": 99}},
        {"cpu": ["1"]},
    ],
)
def test_options_of_the_rest_api_are_validated_like_the_form(
    user_options: dict[str, object], hub_config: HubConfig
) -> None:
    spawner = FakeSpawner()
    with pytest.raises(HubError) as caught:
        SpawnForm(hub_config).apply_user_options(spawner, user_options)
    assert caught.value.status_code == 400
    assert caught.value.jupyterhub_message
    assert vars(spawner) == vars(FakeSpawner()), "nothing is applied"


def test_the_form_tells_what_ends_a_server(hub_config: HubConfig) -> None:
    told = " ".join(sentences(hub_config))
    assert told in SpawnForm(hub_config).options_form(FakeSpawner())
    never = hub_config.model_copy(update={"idle_minutes": 0})
    assert "is stopped after" not in SpawnForm(never).options_form(FakeSpawner())
