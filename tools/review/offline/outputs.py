"""Outputs of Google's and Kubernetes' resources and functions, made up: all that the program reads beyond its inputs.

The recording provider and the tests' mocked engine answer with these. A test holds the tests' stand-in for the Google
provider, whose values differ for each resource, to the same properties.
"""

import hashlib
from collections.abc import Mapping
from typing import Any, Final

from settings.types.places import zones_of

ADDRESS: Final = "203.0.113.9"
"""Every public IP address, from a range for documentation (RFC 5737)."""
ADMIN_USER: Final = "operator@example.org"
"""Account of Google's active credentials."""
CA_CERTIFICATES: Final = ("next CA certificate", "active CA certificate\n")
"""CA certificates of every Cloud SQL instance, in Google's order."""

_CLUSTER_ENDPOINT: Final = "127.0.0.1:9"
"""Nothing listens there, so that the program learns at once that no cluster answers."""
_MASTER_AUTH: Final = {"clusterCaCertificate": "Y2VydGlmaWNhdGU="}
_LINK: Final = "https://google.example"

OUTPUTS: Final[Mapping[str, Mapping[str, Any]]] = {
    "gcp:compute/address:Address": {"address": ADDRESS, "selfLink": f"{_LINK}/addresses/address"},
    "gcp:compute/globalAddress:GlobalAddress": {"address": ADDRESS},
    "gcp:compute/network:Network": {"selfLink": f"{_LINK}/networks/vpc"},
    "gcp:compute/subnetwork:Subnetwork": {"selfLink": f"{_LINK}/subnetworks/subnet"},
    "gcp:container/cluster:Cluster": {
        "endpoint": _CLUSTER_ENDPOINT,
        "masterAuth": _MASTER_AUTH,
        "controlPlaneEndpointsConfig": {"dnsEndpointConfig": {"endpoint": _CLUSTER_ENDPOINT}},
    },
    "gcp:serviceaccount/account:Account": {
        "email": "nodes@example.iam.gserviceaccount.com",
        "member": "serviceAccount:nodes@example.iam.gserviceaccount.com",
    },
    "gcp:sql/databaseInstance:DatabaseInstance": {
        "pscServiceAttachmentLink": "projects/google/serviceAttachments/of-the-instance",
        "selfLink": f"{_LINK}/instances/instance",
    },
}
"""By type; of the other types the program reads inputs alone."""
_ANSWERS: Final[Mapping[str, Mapping[str, Any]]] = {
    "gcp:container/getCluster:getCluster": {
        "endpoint": _CLUSTER_ENDPOINT,
        "masterAuths": [_MASTER_AUTH],
        "network": "projects/foo/global/networks/default",
        "subnetwork": "projects/foo/regions/europe-west1/subnetworks/default",
    },
    "gcp:organizations/getProject:getProject": {"number": "123456789012"},
    "gcp:sql/getCaCerts:getCaCerts": {"certs": [{"cert": text} for text in CA_CERTIFICATES]},
    "gcp:organizations/getClientOpenIdUserInfo:getClientOpenIdUserInfo": {"email": ADMIN_USER},
}
"""By function."""


def outputs(type_: str, name: str, inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a provider adds to the inputs of a new resource; the same each time.

    Args:
        type_: Pulumi's type token.
        name: The logical name.
        inputs: The inputs.
    """
    if type_.startswith("kubernetes:"):
        uid = hashlib.sha256(f"{type_} {name}".encode()).hexdigest()[:32]
        return {"metadata": {"uid": uid, "generation": 1}}
    found = dict(OUTPUTS.get(type_, {}))
    if type_.startswith("gcp:"):
        found["name"] = f"{name}-1234567"
    if type_ == "gcp:container/cluster:Cluster":
        found["nodeLocations"] = [*zones_of(str(inputs["location"]))]
    if type_ == "gcp:certificatemanager/dnsAuthorization:DnsAuthorization":
        record = {"name": f"_acme-challenge.{inputs['domain']}.", "type": "CNAME", "data": "proof.example."}
        found["dnsResourceRecords"] = [record]
    return found


def answer(function: str, arguments: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the result of a function; None if the program is not known to call it.

    Args:
        function: Pulumi's token of it.
        arguments: The arguments.
    """
    found = _ANSWERS.get(function)
    if found is None:
        return None
    if function == "gcp:container/getCluster:getCluster":
        return {**found, "nodeLocations": [*zones_of(str(arguments["location"]))]}
    return dict(found)
