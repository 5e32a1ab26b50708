"""Look at a running hub, and say what is wrong and how to fix it. Nothing is changed."""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

import yaml
from kubernetes.config import ConfigException, list_kube_config_contexts

from components.dynamic.objects import UnreachableError, connect, get
from settings import Settings
from tools import paths
from tools.clusters import Cluster
from tools.doctor import report
from tools.doctor.checks import CHECKS
from tools.doctor.findings import judged
from tools.doctor.observe import observe
from tools.errors import ToolError, run_reporting_errors
from tools.local import deploy
from tools.steps import step


def main(words: list[str] | None = None) -> int:
    """Run the command and return its exit code: 1 with findings."""
    parser = argparse.ArgumentParser(prog="python -m tools.doctor", description=__doc__)
    parser.add_argument("--stack", default="dev", help="the stack, as in Pulumi.<stack>.yaml")
    parser.add_argument("--file", type=Path, help="its stack file, if it is not in this checkout")
    arguments = parser.parse_args(words)
    file = arguments.file or paths.CHECKOUT / f"Pulumi.{arguments.stack}.yaml"
    return run_reporting_errors(lambda: _look(arguments.stack, file))


def _look(stack: str, file: Path) -> int:
    cluster, settings, _ = deploy.in_cluster(stack, file)
    where = cluster.description
    with step(f"Looking at the hub of stack {stack}", always=False):
        try:
            client = connect(_address(cluster, settings))
            get(client, "/version")
        except UnreachableError as error:
            message = f"The cluster does not answer: {where}.\n{error}\n{_how_to_reach(cluster, settings)}"
            raise ToolError(message) from None
        facts = observe(client, settings)
        found = judged(facts, CHECKS)
    title = f"Stack {stack}: hub {settings.name} in namespace {settings.namespace} of {where}"
    report.show(facts, found, CHECKS, title=title)
    return int(bool(found))


def _address(cluster: Cluster, settings: Settings) -> dict[str, Any]:
    """Return context and kubeconfig of the stack's cluster, without Pulumi's state and its passphrase.

    Raises:
        ToolError: There is no such context.
    """
    if cluster.kubeconfig is not None:
        if not cluster.kubeconfig.exists():
            message = f"This was never started here: {cluster.description}. {_how_to_reach(cluster, settings)}"
            raise ToolError(message)
        return {"kubeconfig": json.dumps(yaml.safe_load(cluster.kubeconfig.read_text()))}
    if not settings.cluster.on_gke:
        return {"context": settings.kubernetes.context}
    context = f"gke_{settings.gcp.project_id}_{settings.cluster.location}_{settings.cluster.name}"
    try:
        known: list[Any] = list_kube_config_contexts()[0]
    except ConfigException:
        known = []
    if context not in {one["name"] for one in known}:
        message = f"The kubeconfig has no context {context}. {_how_to_reach(cluster, settings)}"
        raise ToolError(message)
    return {"context": context}


def _how_to_reach(cluster: Cluster, settings: Settings) -> str:
    if cluster.kubeconfig is not None:
        return "Start it with: make up"
    if settings.cluster.on_gke:
        gke = settings.cluster
        by_dns = gke.control_plane_endpoint == "dns" or (gke.mode == "create" and gke.has_dns_endpoint)
        dns = " --dns-endpoint" if by_dns else ""
        return (
            f"Fetch it with: gcloud container clusters get-credentials {gke.name} --location={gke.location} "
            f"--project={settings.gcp.project_id}{dns}"
        )
    return "Check the network and kubernetes.context: kubectl get namespaces"


if __name__ == "__main__":
    sys.exit(main())
