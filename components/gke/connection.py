"""Connects to a GKE cluster: one that exists, or one that this stack makes."""

import json
from typing import Final

import pulumi
import pulumi_gcp as gcp
from pulumi_gcp import organizations

from components.connection import Connection, kubernetes_provider
from components.gke import existing_cluster
from components.gke.cluster import GkeCluster, GkeClusterArgs
from components.gke.identity import Identity, IdentityArgs
from components.gke.registry import Registry, RegistryArgs
from components.gke.services import Services, ServicesArgs
from settings import Settings

_PLUGIN: Final = "gke-gcloud-auth-plugin"
_OF_THE_PROVIDER: Final = "--use_application_default_credentials"
"""Left to itself, the program takes those of `gcloud auth login`: maybe of nobody, or of somebody else than the Google
provider and the cluster-admin."""
_HINT: Final = "Install it with: gcloud components install gke-gcloud-auth-plugin"


def connect(settings: Settings) -> Connection:
    """Returns the cluster that `cluster.*` names, made if that is asked for.

    Raises:
        pulumi.RunError: It is to be there already, and is not, or not as the settings need it. Nothing was asked for.
    """
    google = gcp.Provider("google", project=settings.gcp.project_id, region=settings.cluster.region)
    found = existing_cluster.find(settings, google) if settings.cluster.mode == "existing" else None
    services = Services("services", ServicesArgs(settings=settings), pulumi.ResourceOptions(provider=google))
    after_services = pulumi.ResourceOptions(provider=google, depends_on=services)
    node_account: pulumi.Output[str] | None = None
    ready: pulumi.Resource = services
    if found is None:
        made = GkeCluster("gke", GkeClusterArgs(settings=settings), after_services)
        ready = made
        endpoint, authority = made.endpoint, made.ca_certificate
        network, subnetwork, zones = made.network, made.subnetwork, made.zones
        node_account = made.node_account
    else:
        output = pulumi.Output.from_input
        endpoint, authority = output(found.endpoint), output(found.master_auths[0].cluster_ca_certificate)
        network, subnetwork, zones = output(found.network), output(found.subnetwork), output(found.node_locations)
    place = settings.images.artifact_registry
    if place is not None and (settings.registry.create or node_account is not None):
        Registry("registry", RegistryArgs(settings=settings, place=place, reader=node_account), after_services)
    identity = settings.identity
    if identity.hub_service_account or identity.notebook_service_account or identity.notebooks:
        # The pool of identities comes with the project's first cluster.
        Identity("identity", IdentityArgs(settings=settings), pulumi.ResourceOptions(provider=google, depends_on=ready))
    kubeconfig = pulumi.Output.all(endpoint, authority).apply(
        lambda known: render_kubeconfig(endpoint=known[0], authority=known[1])
    )
    return Connection(
        providers=[kubernetes_provider(kubeconfig), google],
        kubeconfig=kubeconfig,
        operator=_operator(settings, google),
        network=network,
        subnetwork=subnetwork,
        google_services=services,
        zones=zones,
    )


def render_kubeconfig(*, endpoint: str, authority: str) -> str:
    """Returns a kubeconfig as JSON, with the program that gets a token from Google in place of a token.

    It is one of the application default credentials, which the Google provider uses too: one identity for both.

    Args:
        endpoint: IP address or host name of the control plane.
        authority: Its certificate authority, PEM in base64.
    """
    name = "gke"
    config = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": name,
        "clusters": [
            {"name": name, "cluster": {"server": f"https://{endpoint}", "certificate-authority-data": authority}}
        ],
        "contexts": [{"name": name, "context": {"cluster": name, "user": name}}],
        "users": [
            {
                "name": name,
                "user": {
                    "exec": {
                        "apiVersion": "client.authentication.k8s.io/v1beta1",
                        "command": _PLUGIN,
                        "args": [_OF_THE_PROVIDER],
                        "installHint": _HINT,
                        "interactiveMode": "IfAvailable",
                        "provideClusterInfo": True,
                    }
                },
            }
        ],
    }
    return json.dumps(config)


def _operator(settings: Settings, google: gcp.Provider) -> pulumi.Input[str] | None:
    """Who is made cluster-admin: the one that is named, else whoever the active credentials belong to."""
    if not settings.cluster_admin.enabled:
        return None
    if settings.cluster_admin.user is not None:
        return settings.cluster_admin.user
    return organizations.get_client_open_id_user_info_output(opts=pulumi.InvokeOutputOptions(provider=google)).email
