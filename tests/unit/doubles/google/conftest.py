"""Fixtures of the tests of the stand-in for Google."""

from pathlib import Path

import pytest

from tests.doubles.google.cloud import STATE
from tests.doubles.google.kubeconfig import KUBECONFIG
from tests.doubles.google.refusals import FAIL
from tests.unit.doubles.google.driver import Driver


@pytest.fixture
def driver(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Driver:
    """The stand-in with a new cloud, configured for project foo and region europe-west1."""
    for variable in (FAIL, KUBECONFIG):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv(STATE, str(tmp_path / "cloud.json"))
    return Driver(tmp_path / "cloud.json")
