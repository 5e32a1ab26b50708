"""Made-up outputs of a new resource, which are the same in each run."""

import base64
import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from settings.types.places import is_zone, zones_of
from tests.doubles.google import database_server, kubeconfig, rules, sdk
from tests.doubles.google.wire import Properties

CREATED = "2026-01-02T03:04:05.678-07:00"
MASTER_VERSION = "1.34.1-gke.2037000"
_NAME_SERVERS = [f"ns-cloud-a{number}.googledomains.com." for number in range(1, 5)]


@dataclass(frozen=True, kw_only=True)
class Made:
    """A created resource."""

    token: str
    id: str
    inputs: Properties
    """Its inputs with location and name, without the markers of secrets."""

    def __getitem__(self, name: str) -> str:
        """Return an input as a string; empty if it is not set."""
        return str(self.inputs.get(name, ""))

    @property
    def digest(self) -> str:
        """40 hexadecimal digits, unique for the resource."""
        return hashlib.sha1(f"{self.token} {self.id}".encode(), usedforsecurity=False).hexdigest()

    @property
    def number(self) -> str:
        """A number, unique for the resource."""
        return str(10**18 + int(self.digest[:14], 16))

    @property
    def address(self) -> str:
        """The IP address; of a public one, from a range for documentation (RFC 5737)."""
        last = int(self.digest[:8], 16) % 254 + 1
        if self["addressType"] == "INTERNAL":
            return database_server.address() or f"10.128.0.{last}"
        return f"203.0.113.{last}"


def project_number(project: str) -> str:
    """Return the number of a project."""
    return str(10**11 + int(hashlib.sha256(project.encode()).hexdigest()[:9], 16))


def invented(made: Made) -> Properties:
    """Return the outputs beside the inputs."""
    known = sdk.outputs(made.token)
    labels: Properties = made.inputs.get("labels") or made.inputs.get("resourceLabels") or {}
    link = f"https://www.googleapis.com/{made.token.split(':')[1].split('/')[0]}/v1/{made.id}"
    generic: Properties = {
        "creationTimestamp": CREATED,
        "createTime": CREATED,
        "updateTime": CREATED,
        "uid": made.digest[:32],
        "fingerprint": base64.b64encode(bytes.fromhex(made.digest[:16])).decode(),
        "etag": base64.b64encode(bytes.fromhex(made.digest[16:32])).decode(),
        "labelFingerprint": made.digest[:8],
        "effectiveLabels": labels,
        "pulumiLabels": labels,
        "selfLink": link,
    }
    own = _OWN.get(made.token, _nothing)(made)
    return {name: value for name, value in generic.items() if name in known} | own


def _nothing(_: Made) -> Properties:
    return {}


def _cluster(made: Made) -> Properties:
    access = kubeconfig.access()
    endpoint = access.endpoint if access else made.address
    ca_certificate = access.ca_certificate if access else base64.b64encode(b"-----BEGIN CERTIFICATE-----\n").decode()
    private = {"privateClusterConfig": {"privateEndpoint": "172.16.0.2", "publicEndpoint": endpoint}}
    return {
        "endpoint": endpoint,
        "masterAuth": {"clusterCaCertificate": ca_certificate},
        "masterVersion": made.inputs.get("minMasterVersion") or MASTER_VERSION,
        "nodeVersion": MASTER_VERSION,
        "clusterIpv4Cidr": "10.4.0.0/14",
        "servicesIpv4Cidr": "10.8.0.0/20",
        "nodeLocations": _node_zones(made),
        "controlPlaneEndpointsConfig": {
            "dnsEndpointConfig": {
                "endpoint": access.endpoint
                if access
                else f"gke-{made.digest[:36]}-{project_number(made['project'])}.{made['location']}.gke.goog"
            }
        },
        **(private if made.inputs.get("privateClusterConfig") else {}),
    }


def _node_zones(made: Made) -> list[str]:
    """Return the zones of the inputs, or three zones of the region; none for a zonal cluster.

    They are the last three, so that a program that guesses the first three fails.
    """
    chosen: list[str] | None = made.inputs.get("nodeLocations")
    return chosen or ([] if is_zone(made["location"]) else list(zones_of(made["location"])[-3:]))


def _node_pool(made: Made) -> Properties:
    group = f"zones/{made['location']}-b/instanceGroupManagers/gke-{made['name']}-{made.digest[:8]}-grp"
    url = f"https://www.googleapis.com/compute/v1/projects/{made['project']}/{group}"
    return {
        "instanceGroupUrls": [url],
        "managedInstanceGroupUrls": [url.replace("instanceGroupManagers", "instanceGroups")],
        "version": MASTER_VERSION,
    }


def _account(made: Made) -> Properties:
    email = f"{made['accountId']}@{made['project']}.iam.gserviceaccount.com"
    return {"email": email, "member": f"serviceAccount:{email}", "name": made.id, "uniqueId": made.number}


def _sql_instance(made: Made) -> Properties:
    settings: Properties = made.inputs.get("settings") or {}
    addresses: Properties = settings.get("ipConfiguration") or {}
    public = made.address if addresses.get("ipv4Enabled", True) else ""
    private = "10.90.0.3" if addresses.get("privateNetwork") else ""
    attachment = f"projects/{made.digest[:12]}-tp/regions/{made['region']}/serviceAttachments/a-{made.digest[:12]}-psc"
    kinds = (("PRIMARY", public), ("PRIVATE", private))
    return {
        "connectionName": f"{made['project']}:{made['region']}:{made['name']}",
        "publicIpAddress": public,
        "privateIpAddress": private,
        "firstIpAddress": public or private,
        "ipAddresses": [{"type": kind, "ipAddress": address} for kind, address in kinds if address],
        "serviceAccountEmailAddress": (
            f"p{project_number(made['project'])}-{made.digest[:6]}@gcp-sa-cloud-sql.iam.gserviceaccount.com"
        ),
        "instanceType": "CLOUD_SQL_INSTANCE",
        "dnsName": f"{made.digest[:12]}.{made.digest[12:24]}.{made['region']}.sql.goog.",
        **({"pscServiceAttachmentLink": attachment} if rules.is_behind_endpoint(addresses) else {}),
    }


def _dns_authorization(made: Made) -> Properties:
    target = f"{made.digest[:32]}.{made.number[-2:]}.authorize.certificatemanager.goog."
    prefix = "_acme-challenge" + (f"_{made.digest[:16]}" if made["type"] == "PER_PROJECT_RECORD" else "")
    return {"dnsResourceRecords": [{"name": f"{prefix}.{made['domain']}.", "type": "CNAME", "data": target}]}


def _subnetwork(made: Made) -> Properties:
    gateway = made["ipCidrRange"].partition("/")[0].rpartition(".")[0] + ".1"
    return {"gatewayAddress": gateway, "subnetworkId": int(made.number[:15])}


def _repository(made: Made) -> Properties:
    uri = f"{made['location']}-docker.pkg.dev/{made['project']}/{made['repositoryId']}"
    return {"name": made["repositoryId"], "registryUri": uri}


def _secret(made: Made) -> Properties:
    return {"name": f"projects/{project_number(made['project'])}/secrets/{made['secretId']}"}


def _identities(made: Made) -> Properties:
    """Return the outputs of a workload identity pool or provider: their names contain the project number."""
    return {"name": made.id.replace(made["project"], project_number(made["project"]), 1), "state": "ACTIVE"}


_OWN: dict[str, Callable[[Made], Properties]] = {
    "gcp:compute/address:Address": lambda made: {"address": made.address, "users": []},
    "gcp:compute/globalAddress:GlobalAddress": lambda made: {"address": made.address},
    "gcp:compute/forwardingRule:ForwardingRule": lambda made: {
        "pscConnectionId": made.number,
        "pscConnectionStatus": "ACCEPTED",
    },
    "gcp:compute/network:Network": lambda made: {"networkId": made.number},
    "gcp:compute/subnetwork:Subnetwork": _subnetwork,
    "gcp:container/cluster:Cluster": _cluster,
    "gcp:container/nodePool:NodePool": _node_pool,
    "gcp:serviceaccount/account:Account": _account,
    "gcp:sql/databaseInstance:DatabaseInstance": _sql_instance,
    "gcp:certificatemanager/dnsAuthorization:DnsAuthorization": _dns_authorization,
    "gcp:certificatemanager/certificate:Certificate": lambda _: {"managed": {"state": "PROVISIONING"}},
    "gcp:certificatemanager/certificateMapEntry:CertificateMapEntry": lambda _: {"state": "ACTIVE"},
    "gcp:dns/managedZone:ManagedZone": lambda made: {"nameServers": _NAME_SERVERS, "managedZoneId": made.number},
    "gcp:artifactregistry/repository:Repository": _repository,
    "gcp:secretmanager/secret:Secret": _secret,
    "gcp:secretmanager/secretVersion:SecretVersion": lambda made: {"name": made.id, "version": "1"},
    "gcp:servicenetworking/connection:Connection": lambda _: {"peering": "servicenetworking-googleapis-com"},
    "gcp:iam/workloadIdentityPool:WorkloadIdentityPool": _identities,
    "gcp:iam/workloadIdentityPoolProvider:WorkloadIdentityPoolProvider": _identities,
    "gcp:projects/iAMCustomRole:IAMCustomRole": lambda made: {"name": made.id},
    "gcp:storage/bucket:Bucket": lambda made: {"url": f"gs://{made.id}"},
    "gcp:organizations/project:Project": lambda made: {"number": project_number(made["projectId"])},
}
"""By type, its special outputs."""
