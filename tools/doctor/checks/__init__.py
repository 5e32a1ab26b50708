"""The checks, in the order of cause: what may explain the rest is first."""

from typing import Final

from tools.doctor.checks import cluster, network, pods, running, way_in
from tools.doctor.findings import Check

_BELOW: Final = ("nodes", "objects of the stack", "quotas", "volumes")
_PODS: Final = (*_BELOW, "pod of the hub", "pod of the proxy")

CHECKS: Final = (
    Check(name="nodes", judge=cluster.nodes, needs=("nodes",)),
    Check(name="objects of the stack", judge=cluster.objects, needs=("namespace", "stateful_sets", "deployments")),
    Check(name="quotas", judge=cluster.quotas, needs=("quotas",)),
    Check(name="volumes", judge=cluster.volumes, needs=("claims",), after=("nodes",)),
    Check(name="pod of the hub", judge=pods.hub, needs=("pods",), after=_BELOW),
    Check(name="pod of the proxy", judge=pods.proxy, needs=("pods",), after=_BELOW),
    Check(name="rollout", judge=running.rollout, needs=("pods", "stateful_sets"), after=_PODS),
    Check(name="health of the hub", judge=running.health, needs=("log",), after=_PODS),
    Check(name="Services", judge=way_in.services, needs=("services", "slices"), after=_PODS),
    Check(name="address", judge=way_in.address, needs=("services",), after=("objects of the stack",)),
    Check(name="DNS", judge=way_in.dns, after=("address",)),
    Check(name="certificate", judge=way_in.certificate, after=("pod of the proxy", "address")),
    Check(name="answer of the URL", judge=way_in.answer, after=(*_PODS, "Services", "address", "DNS", "certificate")),
    Check(name="OAuth callback", judge=way_in.callback, needs=("hub_files",), after=("address",)),
    Check(name="versions of the images", judge=running.versions),
    Check(name="configuration", judge=running.configuration, needs=("hub_files",)),
    Check(name="NetworkPolicies", judge=network.policies, needs=("policies",), after=("objects of the stack",)),
    Check(name="spare capacity and pre-pulled images", judge=pods.yielding, needs=("notebook_pods",), after=_BELOW),
    Check(name="notebook servers", judge=pods.notebooks, needs=("notebook_pods",), after=_BELOW),
)
