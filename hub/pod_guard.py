"""Check of the finished notebook pod before it is sent to Kubernetes.

Options reach the pod in several ways, and KubeSpawner 7.1's own check of images can be bypassed.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from kubernetes_asyncio.client import V1OwnerReference
from pydantic import ValidationError

from hub import choices, grants, image_rule, named_servers, stack_files
from hub.contract import ACCELERATOR, EPHEMERAL_STORAGE, GPU_RESOURCE, IDENTITY_LABEL
from hub.errors import HubError
from hub.free_form import MistakesError
from hub.people import groups_of
from hub.pod_settings import HOME_VOLUME
from hub.pod_shape import Pod

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jupyterhub.user import User
    from kubernetes_asyncio.client import V1Pod
    from kubespawner import KubeSpawner

    from hub.contract import HubConfig
    from hub.contract_choices import ChoiceSize
    from hub.pod_shape import Resources


class PodGuard:
    """Completes each notebook pod, and refuses those that are not allowed."""

    def __init__(self, config: HubConfig) -> None:
        self._config = config

    def modify_pod_hook(self, spawner: KubeSpawner, pod: V1Pod) -> V1Pod:
        """Set owner, ServiceAccount, and GPU nodes of the pod, check it, and add what the settings alone say.

        Raises:
            HubError: With all that is not allowed, status 403.
        """
        pod.metadata.owner_references = [
            V1OwnerReference(
                api_version="v1",
                kind="ServiceAccount",
                name=self._config.default_service_account,
                uid=self._config.owner_uid,
                # To block the owner's deletion, the hub would have to be allowed to change the owner.
                block_owner_deletion=False,
            )
        ]
        account = service_account_of(spawner.user, self._config)
        if pod.spec.service_account_name == self._config.default_service_account:
            pod.spec.service_account_name = account
        server = self._server_of(spawner)
        is_free = server is None or server.choice is None
        if is_free and self._config.accelerator is not None and GPU_RESOURCE in spawner.extra_resource_limits:
            pod.spec.node_selector = {**(pod.spec.node_selector or {}), ACCELERATOR: self._config.accelerator}
        manifest = spawner.api.api_client.sanitize_for_serialization(pod)
        reasons = mistakes(manifest, self._config, home=spawner.pvc_name, account=account, server=server)
        if reasons:
            raise HubError(["This hub does not allow this notebook pod.", *reasons], status=403)
        # The settings alone say what follows, so it is not checked.
        if account != self._config.default_service_account:
            # NetworkPolicies select pods by labels, not by ServiceAccounts.
            pod.metadata.labels = {**(pod.metadata.labels or {}), IDENTITY_LABEL: account}
        grants.add_to(pod, spawner, self._config, choice=None if server is None else server.choice)
        stack_files.add_to(pod, self._config.content)
        if self._config.named_servers.on_one_node:
            named_servers.keep_together(pod)
        container = pod.spec.containers[0]
        # The image's own folder may be hidden by the home, or closed to this user; the server would show it.
        for mount in container.volume_mounts or ():
            if mount.name == HOME_VOLUME:
                container.working_dir = mount.mount_path
        container.image = image_rule.pulled_as(container.image, self._config.remote_repositories)
        return pod

    def _server_of(self, spawner: KubeSpawner) -> choices.Server | None:
        """Return the server that the user has chosen, by the options that are recorded; None without choices."""
        if not self._config.choices:
            return None
        try:
            return choices.server(spawner.user_options, spawner.user, self._config)
        except MistakesError as error:
            raise HubError(error.reasons, status=error.status) from None


def service_account_of(user: User, config: HubConfig) -> str:
    """Return the name of the ServiceAccount for a user's pod. Users cannot choose it."""
    groups = groups_of(user)
    by_name = [account.name for account in config.service_accounts if user.name in account.users]
    by_group = [account.name for account in config.service_accounts if groups.intersection(account.groups)]
    return [*by_name, *by_group, config.default_service_account][0]


def mistakes(
    manifest: object, config: HubConfig, *, home: str, account: str, server: choices.Server | None = None
) -> list[str]:
    """Return the violations in a pod.

    Args:
        manifest: The pod in the JSON form of Kubernetes' API, without `grants`.
        config: The images and bounds of this hub.
        home: The only claim that may be mounted.
        account: The only ServiceAccount that it may run as.
        server: The chosen server; None if there are no choices.
    """
    try:
        pod = Pod.model_validate(manifest)
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False, include_context=False)
        return [f"{'.'.join(str(part) for part in mistake['loc'])}: {mistake['msg']}." for mistake in found]
    container = pod.spec.containers[0]
    if server is None or server.choice is None:
        largest = config.pod.limit(int(config.memory.max))
        reasons = _wrong_amounts(container.resources, _bounds(config), config, memory_limit=largest)
        if reason := image_rule.why_refused(container.image, config):
            reasons.append(f"{container.image!r} {reason}")
    else:
        size = server.size
        reasons = _wrong_amounts(container.resources, _bounds_of(size), config, memory_limit=size.memory_limit)
        if container.image not in {image.image for image in server.choice.images}:
            reasons.append(f"{container.image!r} is no image of {server.choice.title}.")
        if not size.node_selector.items() <= pod.spec.node_selector.items():
            reasons.append(f"The nodes of {server.choice.title} have the labels {size.node_selector}.")
    if pod.spec.service_account_name != account:
        reasons.append(f"{pod.spec.service_account_name!r} is not the ServiceAccount of this notebook.")
    claims = {volume.persistent_volume_claim.claim_name for volume in pod.spec.volumes}
    reasons.extend(f"{claim!r} is not the home volume of this user." for claim in sorted(claims - {home}))
    secrets = {secret.name for secret in pod.spec.image_pull_secrets} - set(config.pod.image_pull_secrets)
    reasons.extend(f"{secret!r} is not in notebook.imagePullSecrets." for secret in sorted(secrets))
    known = {volume.name for volume in pod.spec.volumes}
    others = {mount.name for mount in container.volume_mounts} - known
    reasons.extend(
        f"spec.containers.0.volumeMounts: {name!r} is no volume that may be mounted here." for name in sorted(others)
    )
    return reasons


def _bounds(config: HubConfig) -> dict[str, tuple[float, float]]:
    """Return the least and the most of each resource with the free form."""
    devices = {name: (0.0, float(most)) for name, most in config.additional_resources.items()}
    return {"cpu": (config.cpu.min, config.cpu.max), "memory": (config.memory.min, config.memory.max), **devices}


def _bounds_of(size: ChoiceSize) -> dict[str, tuple[float, float]]:
    """Return the least and the most of each resource of a size."""
    devices = {name: (0.0, float(count)) for name, count in size.additional_resources.items()}
    return {"cpu": (size.cpu, size.cpu_limit), "memory": (size.memory, size.memory), **devices}


def _wrong_amounts(
    resources: Resources, resource_bounds: Mapping[str, tuple[float, float]], config: HubConfig, *, memory_limit: int
) -> list[str]:
    bounds = {**resource_bounds, EPHEMERAL_STORAGE: (0.0, float(config.ephemeral_storage))}
    reasons: list[str] = []
    for kind, amounts in (("requests", resources.requests), ("limits", resources.limits)):
        for name in dict.fromkeys(("cpu", "memory", EPHEMERAL_STORAGE, *amounts)):
            # A missing amount is unbounded: a pod without a limit can take the whole node.
            least, most = bounds.get(name, (0, 0))
            if (kind, name) == ("limits", "memory"):
                most = memory_limit
            amount = amounts.get(name)
            if amount is None or not Decimal(str(least)) <= amount <= Decimal(str(most)):
                reasons.append(f"resources.{kind}.{name}: must be from {least} to {most}, not {amount}.")
    return reasons
