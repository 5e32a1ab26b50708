"""Uses a GKE cluster: an existing one, or one that the stack creates."""

import json
from typing import Final

import pulumi
import pulumi_gcp as gcp
from pulumi_gcp import organizations

from components.cluster.existing_gke import ExistingGke
from components.cluster.target import Cluster, Gke, kubernetes_provider, read_identity
from components.dynamic.cluster_identity import ClusterIdentityArgs
from components.gke.apis import EnabledApis, EnabledApisArgs
from components.gke.gke_cluster import GkeCluster, GkeClusterArgs
from components.gke.new_apis import retry_new_apis
from components.gke.registry import Registry, RegistryArgs
from components.gke.remote_repositories import RemoteRepositories, RemoteRepositoriesArgs
from components.gke.workload_identity import WorkloadIdentity, WorkloadIdentityArgs
from settings import Settings

_PLUGIN: Final = "gke-gcloud-auth-plugin"
_CREDENTIALS: Final = "--use_application_default_credentials"
"""Without it the plugin uses the credentials of `gcloud auth login`, which may be missing, or belong to another user
than those of the Google provider, who is made cluster-admin."""


def google_provider(settings: Settings) -> gcp.Provider:
    """Return the Google provider of the stack."""
    return gcp.Provider("google", project=settings.gcp.project_id, region=settings.cluster.region)


def use(found: ExistingGke | None, settings: Settings) -> Cluster:
    """Return the GKE cluster that was found; None = create it."""
    google = google_provider(settings) if found is None else found.google
    retry_new_apis()
    apis = EnabledApis("apis", EnabledApisArgs(settings=settings), pulumi.ResourceOptions(provider=google))
    after_apis = pulumi.ResourceOptions(provider=google, depends_on=apis)
    if found is None:
        created = GkeCluster("gke", GkeClusterArgs(settings=settings), after_apis)
        node_account, ready = created.node_account, created
        gke = Gke(
            cluster=created.cluster,
            kubeconfig=_kubeconfig(created.endpoint, created.ca_certificate),
            network=created.network,
            subnetwork=created.subnetwork,
            zones=created.zones,
            apis=apis,
        )
    else:
        cluster, output = found.cluster, pulumi.Output.from_input
        node_account, ready = None, apis
        parent = f"projects/{settings.gcp.project_id}/locations/{settings.cluster.location}"
        gke = Gke(
            cluster=output(f"{parent}/clusters/{settings.cluster.name}"),
            kubeconfig=_kubeconfig(found.control_plane.endpoint, found.control_plane.ca_certificate),
            network=output(cluster.network),
            subnetwork=output(cluster.subnetwork),
            zones=output(cluster.node_locations),
            apis=apis,
        )
    place = settings.images.artifact_registry
    if place is not None and (settings.registry.create or node_account is not None):
        Registry("registry", RegistryArgs(settings=settings, place=place, reader=node_account), after_apis)
    if node_account is not None and settings.registry.remotes:
        remotes_args = RemoteRepositoriesArgs(settings=settings, reader=node_account)
        RemoteRepositories("remotes", remotes_args, after_apis)
    identity = settings.identity
    if identity.hub_service_account or identity.notebook_service_account or identity.notebooks:
        # The identity pool is created with the project's first cluster.
        after_cluster = pulumi.ResourceOptions(provider=google, depends_on=ready)
        WorkloadIdentity("identity", WorkloadIdentityArgs(settings=settings), after_cluster)
    answer = gke.kubeconfig.apply(lambda text: read_identity(kubeconfig=text))
    address = ClusterIdentityArgs(
        uid=answer["uid"],
        problem=answer["problem"],
        context=None,
        kubeconfig=gke.kubeconfig,
    )
    return Cluster(
        providers=[kubernetes_provider(address, settings), google],
        admin_user=_admin_user(settings, google),
        identity=address,
        gke=gke,
    )


def render_kubeconfig(*, endpoint: str, ca_certificate: str | None) -> str:
    """Return a kubeconfig as JSON that runs GKE's plugin to get a token, and so holds no credentials.

    The plugin uses the application default credentials, as the Google provider does: one identity for both.

    Args:
        endpoint: IP address or DNS name of the control plane.
        ca_certificate: CA certificate of the IP endpoint, PEM in base64; None = the CA is a public one.
    """
    name = "gke"
    plugin = {
        "apiVersion": "client.authentication.k8s.io/v1beta1",
        "command": _PLUGIN,
        "args": [_CREDENTIALS],
        "installHint": f"Install it with: gcloud components install {_PLUGIN}",
        "interactiveMode": "IfAvailable",
        "provideClusterInfo": True,
    }
    cluster = {"server": f"https://{endpoint}"}
    if ca_certificate is not None:
        cluster["certificate-authority-data"] = ca_certificate
    config = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": name,
        "clusters": [{"name": name, "cluster": cluster}],
        "contexts": [{"name": name, "context": {"cluster": name, "user": name}}],
        "users": [{"name": name, "user": {"exec": plugin}}],
    }
    return json.dumps(config)


def _kubeconfig(endpoint: pulumi.Input[str], ca_certificate: pulumi.Input[str] | None) -> pulumi.Output[str]:
    return pulumi.Output.all(endpoint=endpoint, ca_certificate=ca_certificate).apply(
        lambda args: render_kubeconfig(endpoint=args["endpoint"], ca_certificate=args["ca_certificate"])
    )


def _admin_user(settings: Settings, google: gcp.Provider) -> pulumi.Input[str] | None:
    """Return the user named in the settings, otherwise the owner of the active credentials."""
    if not settings.cluster_admin.enabled:
        return None
    if settings.cluster_admin.user is not None:
        return settings.cluster_admin.user
    found = organizations.get_client_open_id_user_info_output(opts=pulumi.InvokeOutputOptions(provider=google))
    return found.email.apply(known_user)


def known_user(email: str) -> str:
    """Return the e-mail of the owner of the credentials.

    Raises:
        pulumi.RunError: It is empty, as for some federated credentials: hashicorp/terraform-provider-google#23467.
    """
    if not email:
        raise pulumi.RunError(
            "clusterAdmin.user: is not set, and Google does not tell who owns the credentials, so nobody can be made "
            "cluster-admin. Set it to the account that runs Pulumi: "
            "pulumi config set clusterAdmin.user ACCOUNT@PROJECT.iam.gserviceaccount.com"
        )
    return email
