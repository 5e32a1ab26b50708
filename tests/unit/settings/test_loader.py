import json
from collections.abc import Iterator
from pathlib import Path

import pulumi
import pytest
from pulumi.runtime import config

import settings

BASE = {"auth.type": "dummy", "endpoint.address": "127.100.0.10", "images.repository": "registry.example.org/hub"}
SECRET = "hunter2-Secret_Value"  # noqa: S105 a stand-in

GPU = {"machineType": "g2-standard-8", "accelerator": "nvidia-l4"}

KEYS_AND_WRONG_VALUES = {
    "name": SECRET,
    "protect": SECRET,
    "publicUrl": f"https://hub.example.org/{SECRET}",
    "hub.image": SECRET,
    "hub.storage": SECRET,
    "hub.resources": f'{{"{SECRET}": 1}}',
    "proxy.resources": f'{{"requests": {{"cpu": "{SECRET}"}}}}',
    "gcp.project": SECRET,
    "cluster.location": SECRET,
    "cluster.authorizedNetworks": f'["{SECRET}"]',
    "network.podRange": SECRET,
    "nodes.core": f'{{"{SECRET}": 1}}',
    "nodes.gpu": f'[{{"name": "{SECRET}"}}]',
    "endpoint.hostname": SECRET,
    "endpoint.dnsZone": f'{{"name": "{SECRET}"}}',
    "identity.hubServiceAccount": SECRET,
    "notebook.cpu": f'["{SECRET}"]',
    "notebook.images": f'["{SECRET}"]',
    "notebook.memory": f'{{"max": "{SECRET}"',
    "notebook.additionalResources": f'{{"{SECRET}": "{SECRET}"}}',
    "notebook.idleMinutes": SECRET,
    "auth.type": SECRET,
}


def test_no_message_contains_the_value_of_a_secret_key() -> None:
    with pytest.raises(settings.SettingsError) as open_error:
        settings.parse({**BASE, **KEYS_AND_WRONG_VALUES})
    with pytest.raises(settings.SettingsError) as hidden_error:
        settings.parse({**BASE, **KEYS_AND_WRONG_VALUES}, encrypted=set(KEYS_AND_WRONG_VALUES))

    assert SECRET in str(open_error.value), "the test would show nothing otherwise"
    assert SECRET not in str(hidden_error.value)
    for key in KEYS_AND_WRONG_VALUES:
        assert any(mistake.startswith(f"{key}:") for mistake in hidden_error.value.mistakes)


def test_a_mistake_between_keys_contains_none_of_their_values() -> None:
    """Any key may be encrypted, and these mistakes do not know which are."""
    values = {
        "auth.type": "shared-password",
        "images.repository": "registry.example.org/hub",
        "gcp.project": "hunter2-project",
        "kubernetes.context": "hunter2",
        "cluster.mode": "create",
        "cluster.name": "hunter2",
        "cluster.location": "europe-north2",
        "network.nodeRange": "10.102.0.0/28",
        "nodes.core": '{"machineType": "n2-hunter-2", "min": 99, "max": 98}',
        "nodes.gpu": json.dumps([dict(GPU, name="hunter2"), dict(GPU, name="hunter2", machineType="a2-hunter-2")]),
        "notebook.additionalResources": '{"hunter2.org/fpga": 1}',
        "endpoint.type": "gateway",
        "endpoint.hostname": "hub.hunter2.org",
        "endpoint.dnsZone": '{"name": "hunter2", "domain": "hunter3.org"}',
        "endpoint.sourceRanges": '["10.102.0.0/28"]',
        "publicUrl": "https://hunter2.org",
    }
    for change in ({}, {"endpoint.hostname": "a.hunter3.org", "endpoint.sourceRanges": ""}, {"endpoint.type": "none"}):
        with pytest.raises(settings.SettingsError) as caught:
            settings.parse({**values, **change}, encrypted=set(values))
        assert len(caught.value.mistakes) > 8
        for value in ("hunter", "10.102", "99"):
            assert value not in str(caught.value)


def test_no_message_contains_the_value_of_an_unknown_key() -> None:
    with pytest.raises(settings.SettingsError) as caught:
        settings.parse({**BASE, "github.clientSecret": SECRET, "hub.storage.size": SECRET, "hub": {"image": SECRET}})
    assert SECRET not in str(caught.value)


def test_the_error_of_parse_has_no_cause_that_contains_values() -> None:
    with pytest.raises(settings.SettingsError) as caught:
        settings.parse({**BASE, "name": SECRET})
    assert caught.value.__suppress_context__


@pytest.fixture
def _stack_config() -> Iterator[None]:
    """Leaves Pulumi's process-wide config as it was."""
    before = dict(config.CONFIG.get())
    yield
    config.set_all_config(before, [])


@pytest.mark.usefixtures("_stack_config")
def test_from_pulumi_reads_only_the_keys_of_this_project() -> None:
    own = {f"jupyterhub:{key}": value for key, value in BASE.items()}
    config.set_all_config({**own, "jupyterhub:hub.storage": '{"size":"3Gi"}', "kubernetes:namespace": "x", "a:b": "c"})

    found = settings.from_pulumi()

    assert found.hub.storage.size == "3Gi"
    assert found == settings.parse({**BASE, "hub.storage": {"size": "3Gi"}})


@pytest.mark.usefixtures("_stack_config")
def test_from_pulumi_logs_warnings_and_continues(monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[str] = []
    monkeypatch.setattr("pulumi.log.warn", shown.append)
    own = {f"jupyterhub:{key}": value for key, value in {**BASE, "cluster.location": "europe-west99"}.items()}
    config.set_all_config(own, [])

    found = settings.from_pulumi()

    assert found.cluster.location == "europe-west99"
    assert shown == list(found.warnings)
    assert [text.partition(":")[0] for text in shown] == ["cluster.location"]


@pytest.mark.usefixtures("_stack_config")
def test_from_pulumi_raises_a_run_error_without_secrets() -> None:
    own = {f"jupyterhub:{key}": value for key, value in BASE.items()}
    config.set_all_config({**own, "jupyterhub:name": "", "jupyterhub:hub.image": SECRET}, ["jupyterhub:hub.image"])

    with pytest.raises(pulumi.RunError) as caught:
        settings.from_pulumi()

    assert "has 2 mistakes" in str(caught.value)
    assert "hub.image: is encrypted, but is not a secret setting" in str(caught.value)
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize("key", ["jupyterhub:endpoint.address", "endpoint.address"])
def test_overrides_take_precedence_over_the_file(tmp_path: Path, key: str) -> None:
    file = tmp_path / "Pulumi.test.yaml"
    file.write_text(f"config: {{auth.type: dummy, images.repository: a/b, {key}: 127.100.0.10}}\n")
    found = settings.from_file(file, overrides={"endpoint.address": "", "endpoint.type": "none"})
    assert (found.endpoint.address, found.public_url) == (None, "http://localhost:8000")


def test_defaults_apply_to_keys_that_the_file_does_not_set(tmp_path: Path) -> None:
    file = tmp_path / "Pulumi.test.yaml"
    file.write_text("config:\n  jupyterhub:auth.type: dummy\n  jupyterhub:endpoint.address: 127.0.0.1\n")

    found = settings.from_file(
        file, defaults={"images.repository": "registry.example.org/hub", "endpoint.address": "x"}
    )

    assert found.images.repository == "registry.example.org/hub"
    assert found.endpoint.address == "127.0.0.1"


@pytest.mark.parametrize(
    "content",
    [
        *[b"\xff\xfe", b"config: \x00", b"[" * 1500, b"&a [*a]", b"config: &a {jupyterhub:name: *a}", b"{", b"- 1"],
        *[b"config: 3", b"? [a]\n: 1", b"a: 1\n--- \nb: 2", b"%YAML 9.9", b"!!python/object:os.system x"],
        *[b"config: [1]", b"*x", b"\t"],
    ],
)
def test_a_file_that_is_not_a_stack_file_is_one_mistake_with_its_path(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "Pulumi.test.yaml"
    file.write_bytes(content)
    with pytest.raises(settings.SettingsError, match=r"Pulumi\.test\.yaml has 1 mistake:\n  \* the file "):
        settings.from_file(file)


@pytest.mark.parametrize("number", ["0123", "08", "-07", "0x1F", "0b11", "0o17", "1_000", "2026-01-01", "2026-1-1"])
def test_a_number_that_pulumi_changes_is_refused_without_quotes(tmp_path: Path, number: str) -> None:
    file = tmp_path / "Pulumi.test.yaml"
    own = "\n".join(f"  {key}: {value}" for key, value in BASE.items())
    file.write_text(f"config:\n{own}\n  auth.allowedUsers:\n    - {number}\n")
    with pytest.raises(settings.SettingsError, match="in line 6, column 7 that Pulumi hands on with other digits"):
        settings.from_file(file)
    file.write_text(f"config:\n{own}\n  auth.allowedUsers:\n    - '{number}'\n")
    assert settings.from_file(file).auth.allowed_users == (number.lower(),)


def test_a_missing_file_is_one_mistake_with_its_path(tmp_path: Path) -> None:
    with pytest.raises(
        settings.SettingsError, match=r"Pulumi\.test\.yaml has 1 mistake:\n  \* the file cannot be read"
    ):
        settings.from_file(tmp_path / "Pulumi.test.yaml")


@pytest.mark.parametrize("content", ["", "# nothing\n", "config:\n", "encryptionsalt: v1:abc\n"])
def test_a_stack_file_without_config_lacks_only_required_keys(tmp_path: Path, content: str) -> None:
    file = tmp_path / "Pulumi.test.yaml"
    file.write_text(content)
    with pytest.raises(settings.SettingsError) as caught:
        settings.from_file(file)
    assert [mistake.partition(":")[0] for mistake in caught.value.mistakes] == [
        "auth.type",
        "hub.image",
        "proxy.image",
        "notebook.image",
    ]
