"""Check of the finished notebook pod before it is sent to Kubernetes.

Options reach the pod in several ways, and KubeSpawner 7.1's own check of images can be bypassed.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Protocol, TypeVar

from pydantic import ValidationError

from hub import image_rule
from hub.contract import ACCELERATOR, GPU_RESOURCE
from hub.errors import HubError
from hub.pod_shape import Pod

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from hub.contract import HubConfig
    from hub.pod_shape import Resources


class _Metadata(Protocol):
    owner_references: object


class _Spec(Protocol):
    service_account_name: str | None
    node_selector: dict[str, str] | None


class PodModel(Protocol):
    """What is needed of `kubernetes_asyncio`'s V1Pod."""

    @property
    def metadata(self) -> _Metadata:
        """The pod's metadata."""
        ...

    @property
    def spec(self) -> _Spec:
        """What the pod is to be."""
        ...


class _ApiClient(Protocol):
    def sanitize_for_serialization(self, obj: object) -> object: ...


class _CoreApi(Protocol):
    @property
    def api_client(self) -> _ApiClient: ...


class _Group(Protocol):
    @property
    def name(self) -> str: ...


class Person(Protocol):
    """What is needed of JupyterHub's User."""

    @property
    def name(self) -> str:
        """As the hub knows the person."""
        ...

    @property
    def groups(self) -> Iterable[_Group]:
        """Groups that the person is in."""
        ...


class Spawner(Protocol):
    """What is needed of KubeSpawner."""

    @property
    def user(self) -> Person:
        """Whose server it is."""
        ...

    @property
    def extra_resource_limits(self) -> Mapping[str, str]:
        """What the person chose of other resources."""
        ...

    @property
    def api(self) -> _CoreApi:
        """Client of Kubernetes' core API."""
        ...

    @property
    def pvc_name(self) -> str:
        """Name of the claim of this person's home."""
        ...


P = TypeVar("P", bound=PodModel)


class PodGuard:
    """Completes each notebook pod, and refuses those that are not allowed."""

    def __init__(self, config: HubConfig) -> None:
        self._config = config

    def modify_pod_hook(self, spawner: Spawner, pod: P) -> P:
        """Set owner, ServiceAccount and GPU nodes of the pod, and check the manifest.

        Raises:
            HubError: With all that is not allowed, status 403.
        """
        pod.metadata.owner_references = [
            {
                "apiVersion": "v1",
                "kind": "ServiceAccount",
                "name": self._config.default_service_account,
                "uid": self._config.owner_uid,
                # To block the owner's deletion, the hub would have to be allowed to change the owner.
                "blockOwnerDeletion": False,
            }
        ]
        account = service_account_of(spawner.user, self._config)
        if pod.spec.service_account_name == self._config.default_service_account:
            pod.spec.service_account_name = account
        if self._config.accelerator is not None and GPU_RESOURCE in spawner.extra_resource_limits:
            pod.spec.node_selector = {**(pod.spec.node_selector or {}), ACCELERATOR: self._config.accelerator}
        manifest = spawner.api.api_client.sanitize_for_serialization(pod)
        if reasons := mistakes(manifest, self._config, home=spawner.pvc_name, account=account):
            raise HubError(["This hub does not allow this notebook pod.", *reasons], status=403)
        return pod


def service_account_of(person: Person, config: HubConfig) -> str:
    """Return the name of the ServiceAccount for a user's pod. Users cannot choose it."""
    groups = {group.name for group in person.groups}
    by_name = [account.name for account in config.service_accounts if person.name in account.users]
    by_group = [account.name for account in config.service_accounts if groups.intersection(account.groups)]
    return [*by_name, *by_group, config.default_service_account][0]


def mistakes(manifest: object, config: HubConfig, *, home: str, account: str) -> list[str]:
    """Return the violations in a pod.

    Args:
        manifest: The pod in the JSON form of Kubernetes' API.
        config: The images and bounds of this hub.
        home: The only claim that may be mounted.
        account: The only ServiceAccount that it may run as.
    """
    try:
        pod = Pod.model_validate(manifest)
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False, include_context=False)
        return [f"{'.'.join(str(part) for part in mistake['loc'])}: {mistake['msg']}." for mistake in found]
    container = pod.spec.containers[0]
    reasons = _wrong_amounts(container.resources, config)
    if reason := image_rule.why_refused(container.image, config):
        reasons.append(f"{container.image!r} {reason}")
    if pod.spec.service_account_name != account:
        reasons.append(f"{pod.spec.service_account_name!r} is not the ServiceAccount of this notebook.")
    claims = {volume.persistent_volume_claim.claim_name for volume in pod.spec.volumes}
    reasons.extend(f"{claim!r} is not the home volume of this user." for claim in sorted(claims - {home}))
    return reasons


def _wrong_amounts(resources: Resources, config: HubConfig) -> list[str]:
    bounds = {"cpu": (config.cpu.min, config.cpu.max), "memory": (config.memory.min, config.memory.max)}
    bounds.update({name: (0, most) for name, most in config.additional_resources.items()})
    reasons: list[str] = []
    for kind, amounts in (("requests", resources.requests), ("limits", resources.limits)):
        for name in dict.fromkeys(("cpu", "memory", *amounts)):
            # A missing amount is unbounded: a pod without a limit can take the whole node.
            least, most = bounds.get(name, (0, 0))
            amount = amounts.get(name)
            if amount is None or not Decimal(str(least)) <= amount <= Decimal(str(most)):
                reasons.append(f"resources.{kind}.{name}: must be from {least} to {most}, not {amount}.")
    return reasons
