"""Notes of the summary on what may be lost."""

import pytest

from tests.unit.tools.review.logs import (
    CLAIM,
    CLUSTER,
    NAMESPACE,
    SERVICE_ACCOUNT,
    STATEFULSET,
    named,
    notes_of,
    other_secret,
    preview,
    step,
    update,
)
from tools.review.explain import summary


@pytest.mark.parametrize(
    ("type_", "operation", "text"),
    [
        (CLAIM, "replace", "PersistentVolumeClaim x is replaced: the data on the volume is lost, unless the volume is"),
        (CLAIM, "delete", "PersistentVolumeClaim x is deleted: the data on the volume is lost, unless the volume is"),
        (CLUSTER, "replace", "Cluster x is replaced: hub and notebooks are deleted"),
        ("gcp:compute/globalAddress:GlobalAddress", "replace", "GlobalAddress x is replaced: the hub gets another IP"),
        (
            "gcp:sql/databaseInstance:DatabaseInstance",
            "delete",
            "DatabaseInstance x is deleted: the hub loses its user",
        ),
        (
            "gcp:gkebackup/backupPlan:BackupPlan",
            "delete",
            "BackupPlan x is deleted: its schedule and its backups stay in Google Cloud",
        ),
        (NAMESPACE, "delete", "Namespace x is deleted: everything in it is deleted"),
        (STATEFULSET, "replace", "StatefulSet x is replaced: the hub is down"),
    ],
)
def test_a_possible_loss_is_the_first_note_and_a_danger(type_: str, operation: str, text: str) -> None:
    new = None if operation == "delete" else named("x")
    first = summary.notes(preview(other_secret(STATEFULSET), step(operation, type_, "x", named("x"), new)))[0]
    assert first.weight == "danger"
    assert first.render(str).startswith(text)


def test_no_restart_is_noted_if_the_cluster_is_replaced() -> None:
    events = [
        step("replace", "gcp:compute/network:Network", "net", {"name": "net"}, {"name": "net"}),
        step("replace", CLUSTER, "gke", {"name": "gke"}, {"name": "gke"}),
        other_secret(STATEFULSET),
    ]
    assert [text.split()[0] for text in notes_of(*events)] == ["Cluster", "Network"]


def test_pulumi_refuses_to_replace_a_protected_resource() -> None:
    (text,) = notes_of(step("replace", CLAIM, "db", named("db"), named("db"), protect=True))
    assert text.endswith("unless the volume is retained. Pulumi refuses, because it is protected.")


def test_only_the_service_account_that_owns_notebooks_is_a_loss() -> None:
    deleted = (step("delete", SERVICE_ACCOUNT, name, named(name)) for name in ("tf-hub", "notebooks"))
    assert notes_of(*deleted) == [
        "ServiceAccount notebooks is deleted: the running notebooks that it owns are deleted.",
        "The effect on users is not known for: delete ServiceAccount tf-hub.",
    ]


def test_a_retained_object_stays_when_the_stack_deletes_it() -> None:
    (note,) = summary.notes(preview(step("delete", CLAIM, "db", named("db"), None, retainOnDelete=True)))
    assert note.weight == "notice"
    assert note.render(str) == "PersistentVolumeClaim db stays, but is no longer part of the stack."


def test_a_replacement_names_the_old_object_and_whether_it_stays() -> None:
    assert notes_of(
        step("replace", NAMESPACE, "a", named("old"), named("new")),
        step("replace", NAMESPACE, "b", named("old-b"), named("new-b"), retainOnDelete=True),
    ) == [
        "Namespace old is replaced: everything in it is deleted, volumes included.",
        "Namespace old-b is replaced: the old one stays, but is no longer part of the stack.",
    ]


def test_a_service_of_google_is_no_service_of_kubernetes() -> None:
    deleted = step("delete", "gcp:projects/service:Service", "dns", {"service": "dns"}, None)
    assert notes_of(deleted) == ["The effect on users is not known for: delete Service dns."]


@pytest.mark.parametrize(
    ("type_", "inputs", "text"),
    [
        (
            "pulumi:providers:kubernetes",
            [{"context": name} for name in "ab"],
            "Another kubeconfig context is used",
        ),
        (
            CLAIM,
            [{"spec": {"resources": {"requests": {"storage": size}}}} for size in ("2Gi", "1Gi")],
            "The volume x would shrink: 2Gi → 1Gi. Kubernetes rejects that, so `pulumi up` fails.",
        ),
    ],
)
def test_a_dangerous_change_in_place_is_a_danger(type_: str, inputs: list[dict[str, object]], text: str) -> None:
    (note,) = summary.notes(preview(update(type_, "x", *inputs)))
    assert note.weight == "danger"
    assert note.render(str).startswith(text)
