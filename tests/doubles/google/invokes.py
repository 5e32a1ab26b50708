"""Results of functions (data sources)."""

import hashlib
import typing
from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

import pulumi_gcp

from settings.types.places import region_of
from tests.doubles.google import database_server, sdk
from tests.doubles.google.cloud import Cloud, GoogleError
from tests.doubles.google.ids import Place
from tests.doubles.google.outputs import CREATED, Made, invented, project_number
from tests.doubles.google.wire import Properties
from tools.review.offline.outputs import ADMIN_USER

MISSING = "missing"
"""Name of a resource that does not exist."""


_EMPTY: Mapping[Any, object] = {str: "", bool: False, int: 0, float: 0.0, Mapping: {}}
"""By type, the empty value of a data source."""


def invoke(token: str, arguments: Properties, place: Place) -> Properties:
    """Return the result of a function.

    Raises:
        GoogleError: The resource does not exist, or the stand-in does not have the function.
    """
    function = _FUNCTIONS.get(token)
    if function is None:
        message = f"the stand-in for Google Cloud does not have the function {token}; add it to invokes.py"
        raise GoogleError(message)
    return function(arguments, place)


def _get_cluster(arguments: Properties, place: Place) -> Properties:
    where = {
        "name": arguments["name"],
        "project": arguments.get("project") or place.project,
        "location": arguments.get("location") or place.region or place.zone,
    }
    project = where["project"]
    template = "projects/{project}/locations/{location}/clusters/{name}"
    if where["name"] == MISSING:
        message = f"{template.format_map(where)} not found"
        raise GoogleError(message)
    up_to_date: Properties = {
        "gatewayApiConfig": {"channel": "CHANNEL_STANDARD"},
        "monitoringConfig": {"managedPrometheus": {"enabled": True}},
        "workloadIdentityConfig": {"workloadPool": f"{project}.svc.id.goog"},
        "addonsConfig": {
            "gcpFilestoreCsiDriverConfig": {"enabled": True},
            "gcsFuseCsiDriverConfig": {"enabled": True},
            "gkeBackupAgentConfig": {"enabled": True},
        },
    }
    found = {
        "network": f"projects/{project}/global/networks/default",
        "subnetwork": f"projects/{project}/regions/{region_of(str(where['location']))}/subnetworks/default",
        **_existing("gcp:container/cluster:Cluster", template, where, up_to_date),
    }
    return _as_data(pulumi_gcp.container.GetClusterResult, found)


def _as_data(shape: type, found: Properties) -> Properties:
    """Return an object as a data source: single objects are in lists with plural names, nothing is omitted."""
    return {name: _datum(name, kind, found) for name, kind in sdk.types.output_type_types(shape).items()}


def _datum(name: str, kind: Any, found: Properties) -> Any:  # noqa: ANN401 any type and any JSON value
    value = found.get(name)
    if typing.get_origin(kind) is not Sequence:
        return _EMPTY.get(typing.get_origin(kind) or kind) if value is None else value
    if value is None:
        singular = f"{name[:-3]}y" if name.endswith("ies") else name.removesuffix("s")
        value = [found[singular]] if singular in found else []
    item = sdk.item_type(kind)
    items = cast("list[Any]", value)
    return [_as_data(item, one) for one in items] if sdk.types.is_output_type(item) else items


def _get_managed_zone(arguments: Properties, place: Place) -> Properties:
    where = {"name": arguments["name"], "project": arguments.get("project") or place.project}
    zone = _existing("gcp:dns/managedZone:ManagedZone", "projects/{project}/managedZones/{name}", where)
    return {"dnsName": f"{arguments['name'].replace('-', '.')}.", "visibility": "public", "description": "", **zone}


def _existing(token: str, template: str, where: Properties, elsewhere: Properties | None = None) -> Properties:
    """Return a resource of this cloud, or a made-up one with the properties `elsewhere`."""
    identity = template.format_map(where)
    if where["name"] == MISSING:
        message = f"googleapi: Error 404: Not found: {identity}., notFound"
        raise GoogleError(message)
    resource = Cloud.of_environment().find(token, identity)
    made_up = invented(Made(token=token, id=identity, inputs=where)) | where | (elsewhere or {})
    outputs = resource["outputs"] if resource else made_up
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
    texts = database_server.ca_certificates() or [f"-----BEGIN CERTIFICATE-----\n{name}\n-----END CERTIFICATE-----"]
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
    return {"email": ADMIN_USER, "id": ADMIN_USER}


_FUNCTIONS: dict[str, Callable[[Properties, Place], Properties]] = {
    "gcp:container/getCluster:getCluster": _get_cluster,
    "gcp:dns/getManagedZone:getManagedZone": _get_managed_zone,
    "gcp:organizations/getClientConfig:getClientConfig": _get_client_config,
    "gcp:organizations/getClientOpenIdUserInfo:getClientOpenIdUserInfo": _get_user_info,
    "gcp:organizations/getProject:getProject": _get_project,
    "gcp:sql/getCaCerts:getCaCerts": _get_ca_certs,
}
