"""Stacks to run under the recorder."""

import json
from collections.abc import Mapping
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
"""The least that a stack must set."""

POSTGRESQL: Mapping[str, object] = {
    "database.type": "postgresql",
    "database.url": "postgresql://hub:a-marker-of-the-database@db.example.org:5432/hub",
}
"""Changes for a hub whose database is a PostgreSQL server."""


GKE: Mapping[str, object] = {
    "auth.type": "github",
    "github.clientId": "id",
    "github.clientSecret": "a secret",
    "github.organizations": ["physics"],
    "gcp.project": "my-project-123",
    "cluster.mode": "create",
    "cluster.location": "europe-west1",
    "cluster.authorizedNetworks": ["203.0.113.0/24"],
    "images.repository": "europe-west1-docker.pkg.dev/my-project-123/jupyterhub",
}
"""The least of a stack with a cluster of its own."""
GATEWAY: Mapping[str, object] = {
    "endpoint.type": "gateway",
    "endpoint.hostname": "hub.example.org",
    "endpoint.dnsZone": {"name": "example-org", "domain": "example.org"},
}
"""What makes it one with a gateway."""
IAP: Mapping[str, object] = {
    "auth.type": "iap",
    "iap.clientId": "123-abc.apps.googleusercontent.com",
    "iap.clientSecret": "a-marker-of-iap",
    "iap.members": ["domain:example.org", "group:physics@example.org"],
    "github.clientId": "",
    "github.clientSecret": "",
    "github.organizations": [],
}
"""What makes the people of a gateway sign in with Google's Identity-Aware Proxy."""
EXISTING: Mapping[str, object] = {"cluster.mode": "existing", "cluster.authorizedNetworks": []}
"""What makes it one whose cluster is looked up."""
CLOUD_SQL: Mapping[str, object] = {"database.type": "cloud-sql"}
"""What makes it one whose database is on Cloud SQL."""


def record_gke(
    *changes: Mapping[str, object], preview: bool = False, cluster: Mapping[str, object] | None = None
) -> Record:
    """Run a whole hub on GKE with these changes, and return what it registered.

    Args:
        changes: By key.
        preview: Whether it is a preview of a new stack.
        cluster: What Google says of the cluster that is looked up, beside the usual.
    """
    values = {key: value for values in (GKE, *changes) for key, value in values.items()}
    answers = {"gcp:container/getCluster:getCluster": dict(cluster or {})}
    return record_settings(settings.parse(values, encrypted=SECRETS), preview=preview, answers=answers)


def settings_with(changes: Mapping[str, object] | None = None) -> Settings:
    """Return the settings of the least stack, with `changes` by dotted key."""
    return settings.parse({**VALUES, **(changes or {})}, encrypted=SECRETS)


def record_hub(changes: Mapping[str, object] | None = None, *, preview: bool = False) -> Record:
    """Run a whole hub with these changes, and return what it registered."""
    return record_settings(settings_with(changes), preview=preview)


def record_values(values: Mapping[str, object]) -> Record:
    """Run a whole hub with these values, and return what it registered."""
    return record_settings(settings.parse(values, encrypted=SECRETS))


def record_settings(
    of: Settings, *, preview: bool = False, answers: Mapping[str, dict[str, Any]] | None = None
) -> Record:
    """Run a whole hub with these settings, and return what it registered."""

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
    """Return the spec of each pod template, by the name of the object that it is in."""
    return {
        resource.inputs["metadata"]["name"]: resource.inputs["spec"]["template"]["spec"]
        for resource in of.of("StatefulSet") + of.of("Deployment")
    }


def text_of(value: object) -> str:
    """Return all that is in a structure as text, to look for something in."""
    return json.dumps(value, sort_keys=True)
