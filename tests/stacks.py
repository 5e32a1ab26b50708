"""Settings of stacks, and their registrations with the recording monitor."""

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

import pulumi
import pulumi_kubernetes as kubernetes

import settings
from components import cluster
from components.cluster import Cluster
from components.jupyterhub import JupyterHub, JupyterHubArgs
from settings import Settings
from settings.reading.keys import SECRETS
from tests.doubles.monitor import Record, record

VALUES: Mapping[str, object] = {
    "auth.type": "dummy",
    "endpoint.address": "127.100.0.10",
    "hub.image": "registry.example/foo/hub:1",
    "proxy.image": "registry.example/foo/proxy:1",
    "notebook.image": "registry.example/foo/notebook:1",
}
"""The required settings of a stack on any cluster."""

POSTGRESQL: Mapping[str, object] = {
    "database.type": "postgresql",
    "database.url": "postgresql://hub:a-marker-of-the-database@db.example.org:5432/hub",
}
"""Changes for a hub with a PostgreSQL server as database."""


INGRESS: Mapping[str, object] = {
    "auth.allowAnyoneFromTheInternet": True,
    "endpoint.type": "ingress",
    "endpoint.address": "",
    "endpoint.hostname": "hub.example.org",
    "endpoint.ingressClass": "traefik",
    "endpoint.certManager": {"letsEncrypt": "staging"},
}
"""Changes for a hub behind an Ingress."""
ROUTE: Mapping[str, object] = {
    "auth.allowAnyoneFromTheInternet": True,
    "endpoint.type": "http-route",
    "endpoint.address": "",
    "endpoint.hostname": "hub.example.org",
    "endpoint.gateway": {"name": "shared", "namespace": "infra", "listener": "https", "httpListener": "http"},
}
"""Changes for a hub behind a Gateway that is there."""

OIDC: Mapping[str, object] = {
    "auth.type": "oidc",
    "oidc.issuer": "https://sso.example.org/realms/main",
    "oidc.clientId": "hub",
    "oidc.clientSecret": "a-marker-of-oidc",
    "oidc.allowedGroups": ["hub-users"],
}
"""Changes for sign-in by OpenID Connect."""

LTI: Mapping[str, object] = {
    "auth.type": "lti",
    "lti.issuer": "https://moodle.example.edu",
    "lti.clientIds": ["client-1"],
    "lti.authorizationUrl": "https://moodle.example.edu/mod/lti/auth.php",
    "lti.keysUrl": "https://moodle.example.edu/mod/lti/certs.php",
    "publicUrl": "https://hub.example.org",
}
"""Changes for sign-in by LTI 1.3."""

GKE: Mapping[str, object] = {
    "auth.type": "github",
    "github.clientId": "id",
    "github.clientSecret": "a secret",
    "github.organizations": ["physics"],
    "gcp.project": "my-project-123",
    "cluster.mode": "create",
    "cluster.location": "europe-west1",
    "images.repository": "europe-west1-docker.pkg.dev/my-project-123/jupyterhub",
}
"""The required settings of a stack with a created GKE cluster."""
GATEWAY: Mapping[str, object] = {
    "endpoint.type": "gateway",
    "endpoint.hostname": "hub.example.org",
    "endpoint.dnsZone": {"name": "example-org", "domain": "example.org"},
}
"""Changes of `GKE` for a gateway."""
IAP: Mapping[str, object] = {
    "auth.type": "iap",
    "iap.clientId": "123-abc.apps.googleusercontent.com",
    "iap.clientSecret": "a-marker-of-iap",
    "iap.members": ["domain:example.org", "group:physics@example.org"],
    "github.clientId": "",
    "github.clientSecret": "",
    "github.organizations": [],
}
"""Changes of `GKE` with `GATEWAY` for Identity-Aware Proxy."""
IP_ENDPOINT: Mapping[str, object] = {"cluster.authorizedNetworks": ["203.0.113.0/24"]}
"""Changes of `GKE` for a control plane that is reached by its IP address."""
EXISTING: Mapping[str, object] = {"cluster.mode": "existing"}
"""Changes of `GKE` for an existing cluster."""
CLOUD_SQL: Mapping[str, object] = {"database.type": "cloud-sql"}
"""Changes of `GKE` for a database on Cloud SQL."""


def record_gke(
    *changes: Mapping[str, object], preview: bool = False, cluster: Mapping[str, object] | None = None
) -> Record:
    """Return the registrations of a hub on GKE.

    Args:
        changes: Changes of `GKE`, by key.
        preview: Whether it is a preview of a new stack.
        cluster: Properties of the existing cluster that differ from the default ones.
    """
    values = {key: value for values in (GKE, *changes) for key, value in values.items()}
    return _record(json.dumps([values, preview, {"gcp:container/getCluster:getCluster": dict(cluster or {})}]))


def settings_with(changes: Mapping[str, object] | None = None) -> Settings:
    """Return the settings `VALUES` with changes, by key."""
    return settings.parse({**VALUES, **(changes or {})}, encrypted=SECRETS)


def record_hub(changes: Mapping[str, object] | None = None, *, preview: bool = False) -> Record:
    """Return the registrations of a hub on any cluster, with changes of `VALUES`."""
    return _record(json.dumps([{**VALUES, **(changes or {})}, preview, {}]))


def record_values(values: Mapping[str, object]) -> Record:
    """Return the registrations of a hub with these values, by key."""
    return _record(json.dumps([values, False, {}]))


@cache
def _record(arguments: str) -> Record:
    """Return the registrations of a hub by values, preview and answers in JSON: made once, as most tests share stacks.

    A test that patches the program uses `record_settings`.
    """
    values, preview, answers = json.loads(arguments)
    return record_settings(settings.parse(values, encrypted=SECRETS), preview=preview, answers=answers)


def record_settings(
    of: Settings, *, preview: bool = False, answers: Mapping[str, dict[str, Any]] | None = None
) -> Record:
    """Return the registrations of a hub with these settings."""

    def program() -> None:
        if of.cluster.on_gke:
            target = cluster.use(cluster.find(of), of)
        else:
            provider = kubernetes.Provider("cluster")
            target = Cluster(providers=[provider], admin_user=of.cluster_admin.user)
        args = JupyterHubArgs(settings=of, cluster=target)
        JupyterHub(of.name, args, pulumi.ResourceOptions(providers=target.providers))

    return record(program, preview=preview, answers=answers)


def pod_specs(of: Record) -> dict[str, dict[str, Any]]:
    """Return the spec of each pod template, by the name of its StatefulSet or Deployment."""
    return {
        resource.inputs["metadata"]["name"]: resource.inputs["spec"]["template"]["spec"]
        for resource in of.of("StatefulSet") + of.of("Deployment")
    }


def text_of(value: object) -> str:
    """Return a structure as text, to search in it."""
    return json.dumps(value, sort_keys=True)
