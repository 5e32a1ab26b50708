"""A stand-in for each test, with a cloud of its own."""

from pathlib import Path

import pytest

from tests.gcp.cloud import STATE
from tests.gcp.kubeconfig import KUBECONFIG
from tests.gcp.refusals import FAIL
from tests.unit.gcp.driver import Driver


@pytest.fixture
def driver(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Driver:
    """The stand-in, configured for project foo and region europe-west1."""
    for variable in (FAIL, KUBECONFIG):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv(STATE, str(tmp_path / "cloud.json"))
    return Driver(tmp_path / "cloud.json")
