"""Checks in each preview that cert-manager and the issuer of the certificate are in the cluster."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import pulumi
from pulumi import dynamic
from pulumi.runtime.known_types import is_unknown

from components.dynamic.api_client import ApiClientArgs
from components.dynamic.objects import UnreadableError, look_up
from components.dynamic.resource import Resource

API: Final = "cert-manager.io/v1"
"""API of certificates and issuers."""
_CRD: Final = "apiextensions.k8s.io/v1"


class IssuerCheckProvider(dynamic.ResourceProvider):
    """Reads the issuer. It changes nothing."""

    def check(self, _olds: dict[str, Any], news: dict[str, Any]) -> dynamic.CheckResult:
        """Reject an issuer that is not there: `pulumi up` would wait for the certificate for minutes."""
        if any(map(is_unknown, news.values())):  # the cluster or the namespace does not exist yet
            return dynamic.CheckResult(inputs=news, failures=[])
        failures = [dynamic.CheckFailure(property_="issuer", reason=error) for error in issuer_errors(news)]
        return dynamic.CheckResult(inputs=news, failures=failures)

    def create(self, props: dict[str, Any]) -> dynamic.CreateResult:
        """Record the check."""
        return dynamic.CreateResult(id_=f"{props['namespace']}/issuer", outs=props)

    def update(self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]) -> dynamic.UpdateResult:
        """Record the check again."""
        return dynamic.UpdateResult(outs=_news)


@dataclass(frozen=True, kw_only=True)
class IssuerCheckArgs(ApiClientArgs):
    """Inputs of `IssuerCheck`. The namespace is that of the hub."""

    issuer: str | None
    """Name of an existing Issuer in the namespace; None = there is none."""
    cluster_issuer: str | None
    """Name of an existing ClusterIssuer; None = there is none."""


class IssuerCheck(Resource, provider=IssuerCheckProvider):
    """A check that cert-manager can issue the certificate. It creates nothing."""

    def __init__(self, name: str, args: IssuerCheckArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, vars(args), opts)


def issuer_errors(props: Mapping[str, Any]) -> list[str]:
    """Return why cert-manager cannot issue the certificate; nothing if that is unknown.

    Args:
        props: The inputs of `IssuerCheck`.
    """
    namespace = props["namespace"]
    try:
        if not _exists(props, _CRD, "CustomResourceDefinition", "certificates.cert-manager.io"):
            return [
                (
                    "endpoint.certManager: cert-manager is not in the cluster; install it "
                    "(https://cert-manager.io/docs/installation/), or: pulumi config rm endpoint.certManager"
                )
            ]
        if (name := props.get("cluster_issuer")) and not _exists(props, API, "ClusterIssuer", name):
            return [
                (
                    f"endpoint.certManager.clusterIssuer: there is no ClusterIssuer {name} in the cluster: "
                    "kubectl get clusterissuers"
                )
            ]
        if (name := props.get("issuer")) and not _exists(props, API, "Issuer", name, namespace):
            # Unless the namespace is not there yet, as in a first preview.
            if not _exists(props, "v1", "Namespace", namespace):
                return []
            return [
                (
                    f"endpoint.certManager.issuer: there is no Issuer {name} in namespace {namespace}: "
                    f"kubectl -n {namespace} get issuers"
                )
            ]
    except UnreadableError:
        # Previews of pull requests may not be allowed to read them. `pulumi up` checks again, with the rights to do so.
        return []
    return []


def _exists(props: Mapping[str, Any], version: str, kind: str, name: str, namespace: str | None = None) -> bool:
    metadata = {"name": name} if namespace is None else {"name": name, "namespace": namespace}
    return look_up(props, {"apiVersion": version, "kind": kind, "metadata": metadata}) is not None
