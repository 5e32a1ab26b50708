from pathlib import Path

import pytest
from pydantic import ValidationError

import settings
from settings.types.addresses import callback_of

ROOT = Path(__file__).parents[3]
BASE = {
    "auth.type": "dummy",
    "endpoint.address": "127.100.0.10",
    "images.repository": "registry.example.org/hub",
}


def test_images_default_to_the_repository_with_the_tag_of_docker_version() -> None:
    tag = (ROOT / "docker" / "VERSION").read_text(encoding="utf-8").strip()

    found = settings.parse(BASE)

    assert found.hub.image == f"registry.example.org/hub/hub:{tag}"
    assert found.proxy.image == f"registry.example.org/hub/proxy:{tag}"
    assert found.notebook.image == f"registry.example.org/hub/notebook:{tag}"


def test_an_image_that_is_set_takes_precedence_over_the_repository() -> None:
    assert settings.parse({**BASE, "proxy.image": "other/proxy"}).proxy.image == "other/proxy"


def test_images_that_are_all_set_need_no_repository() -> None:
    images = {"hub.image": "a", "proxy.image": "b", "notebook.image": "c", "images.repository": ""}
    assert settings.parse({**BASE, **images}).images.repository is None


def test_a_missing_version_file_is_reported_for_each_image(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("settings.types.images.VERSION_FILE", tmp_path / "VERSION")

    with pytest.raises(settings.SettingsError) as caught:
        settings.parse({**BASE, "notebook.image": "base-notebook"})

    assert [mistake.partition(":")[0] for mistake in caught.value.mistakes] == ["hub.image", "proxy.image"]
    assert all("docker/VERSION cannot be read" in mistake for mistake in caught.value.mistakes)


def test_an_invalid_repository_is_one_mistake() -> None:
    with pytest.raises(settings.SettingsError) as caught:
        settings.parse({**BASE, "images.repository": "Wrong Repository"})
    assert len(caught.value.mistakes) == 1


def test_a_part_of_a_map_changes_only_that_part() -> None:
    found = settings.parse({**BASE, "notebook.cpu": {"max": 8}, "hub.resources": {"limits": {"memory": "2Gi"}}})

    assert (found.notebook.cpu.default, found.notebook.cpu.min, found.notebook.cpu.max) == ("0.5", "0.1", "8")
    assert found.hub.resources.requests.memory == "256Mi"
    assert found.hub.resources.limits.memory == "2Gi"
    assert found.hub.resources.limits.cpu is None


def test_additional_resources_that_are_set_replace_the_default() -> None:
    assert settings.parse({**BASE, "notebook.additionalResources": {}}).notebook.additional_resources == {}


@pytest.mark.parametrize(
    ("values", "url"),
    [
        ({}, "http://127.100.0.10"),
        ({"endpoint.address": "::1"}, "http://[::1]"),
        ({"publicUrl": "http://localhost:8000/"}, "http://localhost:8000"),
    ],
)
def test_the_public_url_defaults_to_the_address(values: dict[str, str], url: str) -> None:
    found = settings.parse({**BASE, **values})
    assert found.public_url == url
    assert callback_of(str(found.public_url)) == f"{url}/hub/oauth_callback"


def test_other_names_follow_from_name_and_namespace() -> None:
    found = settings.parse({**BASE, "name": "lab", "namespace": "course"})
    assert found.notebooks_namespace == "course-notebooks"
    assert found.port_forward_command == "kubectl --namespace course port-forward svc/lab-lb 8000:80"


def test_the_port_forward_command_is_safe_to_paste() -> None:
    found = settings.parse({**BASE, "kubernetes.context": "my cluster; rm -rf ~"})
    assert found.port_forward_command == (
        "kubectl --context 'my cluster; rm -rf ~' --namespace jupyterhub port-forward svc/tf-hub-lb 8000:80"
    )


def test_settings_cannot_be_changed() -> None:
    found = settings.parse(BASE)
    with pytest.raises(ValidationError, match="frozen"):
        found.name = "other"
    with pytest.raises(ValidationError, match="frozen"):
        found.notebook.cpu.max = "100"


@pytest.mark.parametrize(
    ("values", "accepted"),
    [
        ({"endpoint.address": "127.0.0.1"}, True),
        ({"endpoint.address": "::1", "publicUrl": "https://localhost"}, True),
        ({"endpoint.address": "::1", "publicUrl": "http://[::1]:8000"}, True),
        ({"endpoint.address": ""}, False),
        ({"endpoint.address": "", "publicUrl": "http://localhost"}, False),
        ({"endpoint.address": "10.0.0.1"}, False),
        ({"endpoint.address": "10.0.0.1", "publicUrl": "http://localhost"}, False),
        ({"endpoint.address": "127.0.0.1", "publicUrl": "http://hub.example.org"}, False),
    ],
)
def test_dummy_sign_in_is_refused_on_every_reachable_address(
    values: dict[str, str],
    accepted: bool,  # noqa: FBT001 a column of the table
) -> None:
    if accepted:
        settings.parse({**BASE, **values})
    else:
        with pytest.raises(settings.SettingsError, match=r"auth\.type: dummy lets anybody in"):
            settings.parse({**BASE, **values})
