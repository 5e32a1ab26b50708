"""Answers to the functions that look something up."""

import hashlib
import typing
from collections.abc import Callable
from typing import Any

import pulumi_gcp

from settings.gke.places import region_of
from tests.gcp import database_server, sdk
from tests.gcp.cloud import Cloud, GoogleError
from tests.gcp.ids import Place
from tests.gcp.outputs import CREATED, Made, invented, project_number
from tests.gcp.wire import Properties

OPERATOR = "operator@example.org"
"""Who is signed in."""

MISSING = "missing"
"""The name of what does not exist."""


def invoke(token: str, arguments: Properties, place: Place) -> Properties:
    """What a function returns.

    Raises:
        GoogleError: It finds nothing, or the stand-in does not know the function.
    """
    function = _FUNCTIONS.get(token)
    if function is None:
        message = f"the stand-in for Google Cloud does not know the function {token}; add it to tests/gcp/invokes.py"
        raise GoogleError(message)
    return function(arguments, place)


def _get_cluster(arguments: Properties, place: Place) -> Properties:
    where = {
        "name": arguments["name"],
        "project": arguments.get("project") or place.project,
        "location": arguments.get("location") or place.region or place.zone,
    }
    found = {
        "network": f"projects/{where['project']}/global/networks/default",
        "subnetwork": f"projects/{where['project']}/regions/{region_of(str(where['location']))}/subnetworks/default",
        **_existing("gcp:container/cluster:Cluster", "projects/{project}/locations/{location}/clusters/{name}", where),
    }
    shape = sdk.types.output_type_types(pulumi_gcp.container.GetClusterResult)
    return {name: _as_listed(name, kind, found) for name, kind in shape.items()}


def _as_listed(name: str, kind: Any, found: Properties) -> Any:  # noqa: ANN401 any type and any JSON value
    """A property as a data source has it: there, even a single object is in a list, with a plural name."""
    singular = f"{name[:-3]}y" if name.endswith("ies") else name.removesuffix("s")
    if name not in found and typing.get_origin(kind) is not None and singular in found:
        return [found[singular]]
    return found.get(name)


def _get_managed_zone(arguments: Properties, place: Place) -> Properties:
    where = {"name": arguments["name"], "project": arguments.get("project") or place.project}
    zone = _existing("gcp:dns/managedZone:ManagedZone", "projects/{project}/managedZones/{name}", where)
    return {"dnsName": f"{arguments['name'].replace('-', '.')}.", "visibility": "public", "description": "", **zone}


def _existing(token: str, template: str, where: Properties) -> Properties:
    """A resource of this cloud, or one that somebody else made."""
    identity = template.format_map(where)
    if where["name"] == MISSING:
        message = f"googleapi: Error 404: Not found: {identity}., notFound"
        raise GoogleError(message)
    resource = Cloud.of_environment().find(token, identity)
    outputs = resource["outputs"] if resource else invented(Made(token=token, id=identity, inputs=where)) | where
    return {**outputs, "id": identity}


def _get_project(arguments: Properties, place: Place) -> Properties:
    project = str(arguments.get("projectId") or place.project)
    if project == MISSING:
        message = f"project not found: {project}"
        raise GoogleError(message)
    return {"id": f"projects/{project}", "projectId": project, "name": project, "number": project_number(project)}


def _get_ca_certs(arguments: Properties, place: Place) -> Properties:
    name = str(arguments["instance"]).rpartition("/")[2]
    if Cloud.of_environment().find("gcp:sql/databaseInstance:DatabaseInstance", name) is None:
        message = "googleapi: Error 404: The Cloud SQL instance does not exist., instanceDoesNotExist"
        raise GoogleError(message)
    texts = database_server.authorities() or [f"-----BEGIN CERTIFICATE-----\n{name}\n-----END CERTIFICATE-----"]
    certs = [
        {
            "cert": text,
            "commonName": f"C=US,O=Google\\, Inc,CN=Google Cloud SQL Server CA,dnQualifier={name}",
            "createTime": CREATED,
            "expirationTime": CREATED.replace("2026", "2036"),
            "sha1Fingerprint": hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest(),
        }
        for text in texts
    ]
    project = arguments.get("project") or place.project
    return {
        "id": f"projects/{project}/instance/{name}",
        "project": project,
        "instance": name,
        "activeVersion": certs[0]["sha1Fingerprint"],
        "certs": certs,
    }


def _get_client_config(_: Properties, place: Place) -> Properties:
    return {
        "id": f"projects/{place.project}/regions/{place.region}/zones/{place.zone}",
        "project": place.project or "",
        "region": place.region or "",
        "zone": place.zone or "",
        "accessToken": "access-token-of-the-stand-in",
        "defaultLabels": {},
    }


def _get_user_info(_: Properties, __: Place) -> Properties:
    return {"email": OPERATOR, "id": OPERATOR}


_FUNCTIONS: dict[str, Callable[[Properties, Place], Properties]] = {
    "gcp:container/getCluster:getCluster": _get_cluster,
    "gcp:dns/getManagedZone:getManagedZone": _get_managed_zone,
    "gcp:organizations/getClientConfig:getClientConfig": _get_client_config,
    "gcp:organizations/getClientOpenIdUserInfo:getClientOpenIdUserInfo": _get_user_info,
    "gcp:organizations/getProject:getProject": _get_project,
    "gcp:sql/getCaCerts:getCaCerts": _get_ca_certs,
}
