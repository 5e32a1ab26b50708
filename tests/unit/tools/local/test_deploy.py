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
def test_the_local_cluster_is_used_unless_another_is_configured(
    changed: Mapping[str, object], kubeconfig: str | None, *, local: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("KUBECONFIG", raising=False)
    if kubeconfig is not None:
        monkeypatch.setenv("KUBECONFIG", kubeconfig)
    assert deploy.is_local(settings_with(changed)) is local


def test_a_gke_cluster_is_described_with_its_project() -> None:
    described = deploy.describe(settings_with({**GKE, "endpoint.address": "198.51.100.7"}))
    assert described == "the GKE cluster jupyterhub in my-project-123, europe-west1 (made by the stack)"


def test_a_tool_error_is_a_message_without_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    def act() -> int:
        message = "The hub's page does not answer."
        raise ToolError(message)

    assert run_reporting_errors(act) == 1
    assert capsys.readouterr().err.strip() == "error: The hub's page does not answer."
