"""Warnings: what the tables of Google's do not have, and homes that are not in the backups."""

import pytest

import settings
from tests.corpus import base

GKE = base("gke")
AUTOPILOT: dict[str, object] = {"cluster.autopilot": True, "notebook.additionalResources": {}}
L4 = {"name": "gpu", "machineType": "g2-standard-8", "accelerator": "nvidia-l4"}


@pytest.mark.parametrize(
    ("values", "warning"),
    [
        ({"cluster.location": "europe-west99"}, "cluster.location: | a region or zone that this project knows"),
        ({"cluster.location": "europe-wst1"}, "cluster.location: | did you mean europe-west1?"),
        (
            {"cluster.location": "europe-west1-a"},
            "cluster.location: | europe-west1 has europe-west1-b, europe-west1-c, europe-west1-d",
        ),
        ({"images.repository": "europe-west99-docker.pkg.dev/foo/hub"}, "images.repository: | is in no region"),
        ({"nodes.core": {"machineType": "x1-turbo"}}, "nodes.core.machineType: | gcloud compute machine-types list"),
        ({"nodes.user": {"machineType": "e2-standard"}}, "nodes.user.machineType: | check its spelling"),
        (
            {"nodes.gpu": [{**L4, "machineType": "n1-standard-8", "accelerator": "nvidia-14"}]},
            "nodes.gpu[0].accelerator: | did you mean nvidia-l4?",
        ),
        (
            {"cluster.location": "europe-north2", "nodes.gpu": [L4]},
            "nodes.gpu[0].accelerator: | nvidia-l4 is not known to be at cluster.location | europe-west1, europe-west2",
        ),
        (
            {"cluster.location": "europe-west1-d", "nodes.gpu": [L4]},
            "nodes.gpu[0].accelerator: | nvidia-l4 is not known to be at cluster.location",
        ),
        (
            {"cluster.mode": "existing", "cluster.location": "europe-north1", "notebook.accelerator": "nvidia-l4"},
            "notebook.accelerator: | nvidia-l4 is not known to be at cluster.location",
        ),
        (
            {"nodes.zones": ["europe-west1-b", "europe-west1-e"]},
            "nodes.zones[1]: | not a zone that this project knows | europe-west1-b, europe-west1-c, europe-west1-d",
        ),
        (
            {"cluster.mode": "existing", "notebook.accelerator": "nvidia-l5"},
            "notebook.accelerator: | is not a GPU type that this project knows",
        ),
        (
            {**AUTOPILOT, "hub.storage": {"size": "10Gi", "disk": "hyperdisk-balanced"}},
            "hub.storage.disk: | E2 machines on Autopilot | pd-balanced",
        ),
        (
            {**AUTOPILOT, "notebook.storage": {"size": "10Gi", "disk": "hyperdisk-balanced"}},
            "notebook.storage.disk: | E2 machines on Autopilot | pd-balanced",
        ),
        (
            {"backup.days": 14, "notebook.storage": {"size": "20Gi", "disk": "filestore"}},
            "backup.days: | the hub's disk alone | Filestore | docs/backup.md",
        ),
        (
            {
                "backup.days": 14,
                "notebook.folders": [{"name": "a", "path": "/a", "storage": {"size": "10Gi", "disk": "filestore"}}],
            },
            "backup.days: | backs up no folders | Filestore | docs/backup.md",
        ),
        (
            {"hub.extraConfig": "url = 'http://reports.reports:8080/'\nother = 'https://hub.example.org:443'\n"},
            "hub.extraConfig: | a URL with port 8080 | hub.egress | proxy.egress",
        ),
        (
            {"notebook.environment": {"DB_PASSWORD": "hunter2", "TOKEN": "$(OTHER)", "API_TOKEN": "", "A": "b"}},
            "notebook.environment.DB_PASSWORD: | plain text | notebook.secretEnvironment",
        ),
        (
            {"database.type": "cloud-sql", "database.tier": "db-n1-standard-1"},
            "database.tier: | gcloud sql tiers list",
        ),
    ],
)
def test_something_unknown_or_not_backed_up_is_a_warning(values: dict[str, object], warning: str) -> None:
    (found,) = settings.parse({**GKE, **values}).warnings
    assert all(part in found for part in warning.split(" | ")), found


def test_known_locations_machines_and_gpu_types_have_no_warning() -> None:
    assert settings.parse({**GKE, "nodes.gpu": [L4]}).warnings == ()


@pytest.mark.parametrize(
    "key", ["cluster.location", "nodes.core", "nodes.gpu", "notebook.accelerator", "database.tier"]
)
def test_a_warning_contains_no_value(key: str) -> None:
    hidden: dict[str, object] = {
        "cluster.location": "hunter-hunter2",
        "nodes.core": {"machineType": "hunter-2"},
        "nodes.gpu": [{**L4, "accelerator": "hunter-2"}],
        "notebook.accelerator": "hunter-2",
        "database.tier": "db-hunter-2",
    }
    mode = "existing" if key == "notebook.accelerator" else "create"
    more = {"database.type": "cloud-sql"} if key == "database.tier" else {}
    found = settings.parse({**GKE, "cluster.mode": mode, **more, key: hidden[key]})
    assert len(found.warnings) == 1
    assert "hunter" not in found.warnings[0]
