"""Permissions to pull the images from Artifact Registry."""

from collections.abc import Mapping

import pytest

from tests.stacks import EXISTING, record_gke


def test_nodes_may_pull_from_the_created_registry() -> None:
    record = record_gke({"registry.create": True})
    repository = record.one("Repository").inputs
    assert (repository["location"], repository["repositoryId"]) == ("europe-west1", "jupyterhub")
    assert record.one("Repository").urn in record.one("RepositoryIamMember").dependencies
    assert record.one("RepositoryIamMember").inputs["member"] == "serviceAccount:nodes@example.iam.gserviceaccount.com"


@pytest.mark.parametrize(
    ("repository", "where"),
    [
        ("europe-west1-docker.pkg.dev/my-project-123/jupyterhub", {"repository": "jupyterhub"}),
        (
            "europe-west1-docker.pkg.dev/of-all-teams/images/physics",
            {"repository": "images", "project": "of-all-teams"},
        ),
    ],
    ids=["of-the-project", "of-another-project"],
)
@pytest.mark.parametrize("autopilot", [False, True])
def test_nodes_of_a_created_cluster_may_pull_from_an_existing_repository(
    repository: str, where: Mapping[str, object], *, autopilot: bool
) -> None:
    kind = {"cluster.autopilot": True, "notebook.accelerator": "nvidia-l4"} if autopilot else {}
    record = record_gke({"images.repository": repository, **kind})
    assert record.of("Repository") == []
    assert record.one("RepositoryIamMember").inputs == {
        **where,
        "location": "europe-west1",
        "role": "roles/artifactregistry.reader",
        "member": "serviceAccount:nodes@example.iam.gserviceaccount.com",
    }


@pytest.mark.parametrize(
    "changes",
    [
        {"images.repository": "registry.example.org/hub"},
        EXISTING,
    ],
    ids=["another-registry", "existing-cluster"],
)
def test_other_registries_and_existing_clusters_get_no_permissions(
    changes: Mapping[str, object],
) -> None:
    record = record_gke(changes)
    assert record.of("RepositoryIamMember") == []
    assert "services-artifactregistry" not in {service.name for service in record.of("Service")}
