import asyncio
import logging
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import cast

import pytest
from aiohttp import ClientError
from kubernetes_asyncio.client.exceptions import ApiException
from kubespawner import KubeSpawner

from hub import home


@dataclass
class Api:
    """The Kubernetes API, with one home."""

    size: str = "10Gi"
    refuses: Exception | None = None
    missing: bool = False
    patched: list[object] = field(default_factory=list[object])

    async def read_namespaced_persistent_volume_claim(
        self, name: str, namespace: str, *, _request_timeout: float
    ) -> object:
        """Return the claim of the home."""
        assert (name, namespace) == ("claim-ada", "notebooks")
        if self.missing:
            raise ApiException(status=404)
        return SimpleNamespace(spec=SimpleNamespace(resources=SimpleNamespace(requests={"storage": self.size})))

    async def patch_namespaced_persistent_volume_claim(
        self, name: str, namespace: str, body: object, *, _request_timeout: float
    ) -> object:
        """Record the change."""
        assert (name, namespace) == ("claim-ada", "notebooks")
        if self.refuses is not None:
            raise self.refuses
        self.patched.append(body)
        return None


def spawner(api: Api) -> KubeSpawner:
    """Return the parts of KubeSpawner that `home.expand` uses."""
    return cast(
        "KubeSpawner",
        SimpleNamespace(
            api=api,
            storage_capacity="20Gi",
            namespace="notebooks",
            pvc_name="claim-ada",
            log=logging.getLogger("home"),
        ),
    )


@pytest.mark.parametrize("has", ["10Gi", "20G", "1Mi"])
def test_a_smaller_home_is_expanded(has: str) -> None:
    api = Api(size=has)
    asyncio.run(home.expand(spawner(api)))
    assert api.patched == [{"spec": {"resources": {"requests": {"storage": "20Gi"}}}}]


@pytest.mark.parametrize("has", ["20Gi", "20480Mi", "30Gi", "1Ti"])
def test_a_home_of_the_same_or_a_larger_size_is_unchanged(has: str) -> None:
    api = Api(size=has)
    asyncio.run(home.expand(spawner(api)))
    assert api.patched == []


def test_a_missing_home_is_not_an_error(caplog: pytest.LogCaptureFixture) -> None:
    asyncio.run(home.expand(spawner(Api(missing=True))))
    assert caplog.text == ""


@pytest.mark.parametrize(
    "reason",
    [ApiException(status=403, reason="exceeded quota"), ClientError("cut off"), TimeoutError("too slow")],
    ids=["refused", "cut-off", "too-slow"],
)
def test_a_failed_expansion_is_logged_and_stops_no_server(reason: Exception, caplog: pytest.LogCaptureFixture) -> None:
    asyncio.run(home.expand(spawner(Api(refuses=reason))))
    assert "Cannot expand claim-ada to 20Gi" in caplog.text
