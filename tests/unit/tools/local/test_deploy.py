from collections.abc import Mapping

import pytest

from tests.stacks import GKE, settings_with
from tools.errors import ToolError, run_reporting_errors
from tools.local import deploy, layout


@pytest.mark.parametrize(
    ("changed", "kubeconfig", "local"),
    [
        ({}, None, True),
        ({}, "", True),
        ({}, str(layout.KUBECONFIG), True),
        ({}, "/home/ada/.kube/config", False),
        ({"kubernetes.context": "somewhere"}, None, False),
        ({**GKE, "endpoint.address": "198.51.100.7"}, None, False),
    ],
    ids=["dev", "empty-variable", "after-make-env", "own-kubeconfig", "context", "gke"],
)
def test_the_local_cluster_is_used_only_where_nobody_names_another(
    changed: Mapping[str, object], kubeconfig: str | None, *, local: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("KUBECONFIG", raising=False)
    if kubeconfig is not None:
        monkeypatch.setenv("KUBECONFIG", kubeconfig)
    assert deploy.is_local(settings_with(changed)) is local


def test_a_cluster_of_gke_is_named_to_the_person_with_its_project() -> None:
    described = deploy.describe(settings_with({**GKE, "endpoint.address": "198.51.100.7"}))
    assert described == "the GKE cluster jupyterhub in my-project-123, europe-west1 (made by the stack)"


def test_what_goes_wrong_is_a_message_and_no_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    def act() -> int:
        message = "The hub's page does not answer."
        raise ToolError(message)

    assert run_reporting_errors(act) == 1
    assert capsys.readouterr().err.strip() == "error: The hub's page does not answer."
