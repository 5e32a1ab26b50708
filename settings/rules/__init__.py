"""Rules between keys, as one flat list.

The parameters of a rule are named like the groups that it reads. It runs if these groups are valid by themselves, and
returns a message for each mistake: key, problem, fix. As any value may be encrypted, a message contains none but those
in the tables of `settings/google`.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from inspect import signature
from typing import Any, Final

from settings.rules import (
    address,
    backup,
    choices,
    cluster,
    content,
    database,
    disks,
    endpoint,
    folders,
    gpus,
    hub,
    iap,
    images,
    inventory,
    lti,
    maintenance,
    memberships,
    monitoring,
    names,
    nodes,
    oidc,
    pages,
    services,
    sign_in,
    spare,
    tls,
    traffic,
)

Rule = Callable[..., list[str]]

RULES: Final[tuple[Rule, ...]] = (
    names.name_errors,
    cluster.location_errors,
    cluster.endpoint_errors,
    cluster.project_errors,
    cluster.context_errors,
    cluster.network_errors,
    maintenance.maintenance_errors,
    nodes.pool_errors,
    nodes.zone_errors,
    nodes.effect_errors,
    nodes.room_errors,
    gpus.machine_errors,
    gpus.resource_errors,
    gpus.accelerator_errors,
    cluster.identity_errors,
    cluster.registry_errors,
    endpoint.effect_errors,
    endpoint.type_errors,
    endpoint.missing_errors,
    endpoint.policy_errors,
    endpoint.class_errors,
    endpoint.gke_errors,
    endpoint.zone_errors,
    names.hostname_errors,
    tls.pair_errors,
    tls.secret_errors,
    address.address_errors,
    endpoint.url_errors,
    images.registry_errors,
    images.remote_errors,
    hub.effect_errors,
    services.service_errors,
    services.role_errors,
    services.group_errors,
    services.namespace_errors,
    hub.variable_errors,
    hub.place_errors,
    monitoring.effect_errors,
    monitoring.gke_errors,
    monitoring.name_errors,
    monitoring.namespace_errors,
    pages.size_errors,
    pages.effect_errors,
    images.hub_errors,
    images.proxy_errors,
    images.notebook_errors,
    content.file_errors,
    content.folder_errors,
    choices.name_errors,
    choices.folder_errors,
    choices.lifetime_errors,
    choices.free_errors,
    choices.limit_errors,
    choices.node_errors,
    choices.room_errors,
    spare.name_errors,
    spare.quota_errors,
    spare.node_errors,
    spare.prepull_errors,
    disks.hub_errors,
    disks.home_errors,
    disks.home_zone_errors,
    disks.ephemeral_errors,
    folders.environment_errors,
    folders.shared_memory_errors,
    folders.scratch_errors,
    folders.volume_errors,
    folders.claim_errors,
    folders.place_errors,
    folders.token_errors,
    folders.effect_errors,
    database.url_errors,
    database.effect_errors,
    database.gke_errors,
    backup.effect_errors,
    backup.content_errors,
    sign_in.github_errors,
    sign_in.github_url_errors,
    sign_in.access_errors,
    sign_in.password_errors,
    sign_in.dummy_errors,
    sign_in.identity_errors,
    memberships.organization_errors,
    memberships.group_errors,
    memberships.team_errors,
    memberships.claim_errors,
    oidc.effect_errors,
    oidc.client_errors,
    oidc.provider_errors,
    oidc.access_errors,
    oidc.identity_provider_errors,
    oidc.recheck_errors,
    oidc.auto_login_errors,
    lti.effect_errors,
    lti.platform_errors,
    lti.https_errors,
    lti.group_errors,
    iap.effect_errors,
    iap.client_errors,
    iap.endpoint_errors,
    iap.user_errors,
    iap.github_errors,
    traffic.effect_errors,
    traffic.notebook_errors,
    traffic.sign_in_errors,
    traffic.service_errors,
)
"""Rules whose findings stop the program."""

WARNINGS: Final[tuple[Rule, ...]] = (
    inventory.location_warnings,
    inventory.node_zone_warnings,
    inventory.repository_warnings,
    inventory.machine_type_warnings,
    inventory.gpu_type_warnings,
    inventory.gpu_zone_warnings,
    inventory.tier_warnings,
    disks.autopilot_warnings,
    backup.content_warnings,
    folders.environment_warnings,
    hub.variable_warnings,
    traffic.extra_config_warnings,
)
"""Rules whose findings are shown as warnings."""


def broken(rules: Iterable[Rule], groups: Mapping[str, Any]) -> list[str]:
    """Return the findings of those rules whose groups are all valid."""
    return [
        finding
        for rule in rules
        if _names_read(rule) <= groups.keys()
        for finding in rule(**{name: groups[name] for name in _names_read(rule)})
    ]


@cache
def _names_read(rule: Rule) -> frozenset[str]:
    return frozenset(signature(rule).parameters)
