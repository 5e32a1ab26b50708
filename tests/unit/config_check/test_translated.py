"""Code of `hub.extraConfig` that `python -m migrate` writes for keys of the chart that have no setting."""

from collections.abc import Mapping

import pytest

from migrate.translation import translate
from tests.unit.config_check.conftest import Try


@pytest.mark.parametrize(
    ("servers", "code"),
    [
        (
            {"extraEnv": {"DASK_LINK": "/user/{JUPYTERHUB_USER}/{port}/status"}},
            "c.KubeSpawner.environment.update({'DASK_LINK': lambda spawner: '/user/{JUPYTERHUB_USER}/{port}/status'})",
        ),
        (
            {"extraLabels": {"person": "{username}"}},
            "c.KubeSpawner.extra_labels.update({'person': '{username}'})",
        ),
        (
            {"storage": {"homeMountPath": "/home/{username}"}},
            "c.KubeSpawner.volume_mounts = [{'name': 'home', 'mountPath': '/home/{username}'}]",
        ),
    ],
    ids=["environment", "labels", "home"],
)
def test_the_check_of_the_hubs_configuration_accepts_it(servers: Mapping[str, object], code: str, tried: Try) -> None:
    written = str(translate({"singleuser": servers}).plan.settings["hub.extraConfig"])
    assert code in written
    told: list[str] = []
    assert tried(written, warnings=told) == []
    assert [one for one in told if "volume_mounts: loses home" not in one] == []
