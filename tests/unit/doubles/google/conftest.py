"""The stand-in, with its own cloud for each test."""

from pathlib import Path

import pytest

from tests.doubles.google.cloud import STATE
from tests.doubles.google.kubeconfig import KUBECONFIG
from tests.doubles.google.refusals import FAIL
from tests.unit.doubles.google.driver import Driver


@pytest.fixture
def driver(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Driver:
    """Return the stand-in, configured for project foo and region europe-west1."""
    for variable in (FAIL, KUBECONFIG):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv(STATE, str(tmp_path / "cloud.json"))
    return Driver(tmp_path / "cloud.json")
