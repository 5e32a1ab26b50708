"""The example `Pulumi.gke.yaml` lacks a secret, which only `pulumi config set --secret` can add, and nothing else."""

from pathlib import Path

import pytest
import yaml

import settings
from settings.types.addresses import callback_of

EXAMPLE = Path(__file__).parents[4] / "Pulumi.gke.yaml"
ENCRYPTED = "  jupyterhub:github.clientSecret: { secure: v1:abc= }\n"


def test_the_example_lacks_only_the_secret() -> None:
    with pytest.raises(settings.SettingsError) as caught:
        settings.from_file(EXAMPLE)
    (mistake,) = caught.value.mistakes
    assert mistake.startswith("github.clientSecret: is not set")
    assert mistake.endswith("pulumi config set --secret github.clientSecret")


@pytest.fixture
def example(tmp_path: Path) -> settings.Settings:
    complete = tmp_path / "Pulumi.gke.yaml"
    complete.write_text(EXAMPLE.read_text(encoding="utf-8") + ENCRYPTED, encoding="utf-8")
    return settings.from_file(complete)


def test_the_example_has_a_cluster_https_gpus_and_a_quota(example: settings.Settings) -> None:
    assert example.cluster.mode == "create"
    assert example.endpoint.type == "gateway"
    assert callback_of(str(example.public_url)) == "https://hub.example.org/hub/oauth_callback"
    assert [pool.accelerator for pool in example.nodes.gpu] == ["nvidia-l4"]
    assert example.hub.image.startswith("europe-west1-docker.pkg.dev/my-project-123/jupyterhub/hub:")
    assert example.notebook.quota
    assert example.protect


def test_users_can_request_all_gpus_of_the_example_and_no_more(example: settings.Settings) -> None:
    gpus = sum(pool.count * pool.max for pool in example.nodes.gpu)
    assert example.notebook.quota["requests.nvidia.com/gpu"] == str(gpus)


def test_the_example_disables_the_default_providers() -> None:
    config = yaml.safe_load(EXAMPLE.read_text(encoding="utf-8"))["config"]
    assert config["pulumi:disable-default-providers"] == ["kubernetes", "gcp"]
