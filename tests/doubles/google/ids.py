"""The location and the id of a resource."""

import hashlib
import re
from dataclasses import dataclass

from tests.doubles.google import sdk
from tests.doubles.google.wire import Properties

_FORMATS = {
    "gcp:container/nodePool:NodePool": (
        "projects/{{project}}/locations/{{location}}/clusters/{{cluster}}/nodePools/{{name}}"
    ),
    "gcp:serviceaccount/account:Account": (
        "projects/{{project}}/serviceAccounts/{{account_id}}@{{project}}.iam.gserviceaccount.com"
    ),
    "gcp:sql/databaseInstance:DatabaseInstance": "{{name}}",
    "gcp:sql/user:User": "{{name}}//{{instance}}",
    "gcp:dns/recordSet:RecordSet": "projects/{{project}}/managedZones/{{managed_zone}}/rrsets/{{name}}/{{type}}",
    "gcp:storage/bucket:Bucket": "{{name}}",
    "gcp:organizations/project:Project": "projects/{{project_id}}",
    "gcp:projects/iAMCustomRole:IAMCustomRole": "projects/{{project}}/roles/{{role_id}}",
    "gcp:secretmanager/secretVersion:SecretVersion": "{{secret}}/versions/1",
    "gcp:servicenetworking/connection:Connection": "{{network}}:{{service}}",
}
"""Ids that differ from the import format of the documentation."""

_GLOBAL = ("gcp:certificatemanager/",)
"""Types that are global unless a location is set."""


class NoProjectError(Exception):
    """Neither the resource nor the provider has a project."""


@dataclass(frozen=True, kw_only=True)
class Place:
    """Default project, region and zone of the provider."""

    project: str | None = None
    region: str | None = None
    zone: str | None = None


def auto_name(name: str, urn: str, seed: bytes) -> str:
    """Return an auto-generated name: a new one for each replacement, else the same."""
    return f"{name}-{hashlib.sha256(urn.encode() + seed).hexdigest()[:7]}"


def located(token: str, inputs: Properties, place: Place) -> Properties:
    """Return project, location, region and zone of a resource, as far as its type has these properties.

    Raises:
        NoProjectError: The type needs a project, and none is set.
    """
    known = sdk.outputs(token)
    cluster = re.search(r"/locations/([^/]+)/clusters/", str(inputs.get("cluster")))
    defaults = {
        "project": place.project,
        "location": cluster[1] if cluster else "global" if token.startswith(_GLOBAL) else place.region or place.zone,
        "region": place.region,
        "zone": place.zone,
    }
    found = {name: inputs.get(name) or default for name, default in defaults.items() if name in known}
    if "project" in known and not found["project"]:
        message = "project: required field is not set"
        raise NoProjectError(message)
    return {name: value for name, value in found.items() if value}


def identity(token: str, inputs: Properties) -> str:
    """Return the id of a resource.

    Args:
        token: Its type.
        inputs: Its inputs with location and name, without the markers of secrets.
    """
    if {"role", "member"} <= inputs.keys():
        return f"{_of_policy(token, inputs)}/{inputs['role']}/{inputs['member']}"
    template = _FORMATS.get(token) or sdk.import_format(token) or "projects/{{project}}/{{name}}"
    return _filled(template, inputs)


def _of_policy(token: str, inputs: Properties) -> str:
    """Return the id of the resource whose policy an IAM member belongs to."""
    template = sdk.import_format(token) or ""
    of_project = str(inputs.get("project", ""))
    fallback = str(next(filter(None, map(inputs.get, ("serviceAccountId", "bucket", "cryptoKeyId"))), of_project))
    return _filled(template, inputs) if template.startswith("projects/") else fallback


def _filled(template: str, inputs: Properties) -> str:
    # The first variable may be a whole path, such as a key ring; of later ones the last part counts.
    return re.sub(r"\{\{(\w+)\}\}", lambda match: _part(match[1], inputs, whole=match.start() == 0), template)


def _part(variable: str, inputs: Properties, *, whole: bool) -> str:
    name = re.sub(r"_(\w)", lambda match: match[1].upper(), variable)
    # The documentation calls a cluster's name cluster_id, and its project project_id.
    own = inputs.get("name") if name.endswith("Id") else None
    value = inputs.get(name) or inputs.get(name.removesuffix("Id")) or own or variable
    return str(value) if whole else str(value).rpartition("/")[2]
