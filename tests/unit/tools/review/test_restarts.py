"""Notes of the summary on restarts."""

import pytest

from tests.unit.tools.review.logs import DEPLOYMENT, STATEFULSET, notes_of, other_secret, pod, update

HUB = "The hub restarts: its pages are unavailable for about 8 seconds. Running notebooks continue."
PROXY = "The proxy rolls over: the new pod takes over the routes first, so open notebooks stay connected."


@pytest.mark.parametrize(("type_", "text"), [(STATEFULSET, HUB), (DEPLOYMENT, PROXY)])
def test_another_pod_template_is_a_restart(type_: str, text: str) -> None:
    assert notes_of(other_secret(type_)) == [text]


def test_more_memory_for_the_hub_is_a_restart_and_nothing_else() -> None:
    specs = ({"spec": pod(resources={"limits": {"memory": size}})} for size in ("512Mi", "1Gi"))
    assert notes_of(update(STATEFULSET, "a", *specs)) == [HUB]


def test_a_change_outside_the_pod_template_is_no_restart() -> None:
    changed = update(STATEFULSET, "x", {"spec": {"replicas": 0}}, {"spec": {"replicas": 1}})
    assert notes_of(changed) == ["The effect on users is not known for: spec.replicas of StatefulSet x."]


def test_notebooks_may_be_disconnected_if_the_rollout_of_the_proxy_changes() -> None:
    specs = ({"spec": {"strategy": {"type": kind}, **pod(image=kind)}} for kind in ("Recreate", "RollingUpdate"))
    first = notes_of(update(DEPLOYMENT, "p", *specs))[0]
    assert first == "The way the proxy rolls over changes: open notebooks may be disconnected."


def test_a_new_proxy_token_replaces_the_notes_on_restarts() -> None:
    variables = ({"name": "T", "valueFrom": {"secretKeyRef": {"name": name}}} for name in ("a", "b"))
    proxy = update(DEPLOYMENT, "p", *({"spec": pod(env=[variable])} for variable in variables))
    assert notes_of(proxy, other_secret(STATEFULSET)) == [
        "Hub and proxy restart with a new token: open notebooks are disconnected for a few seconds, then continue."
    ]
