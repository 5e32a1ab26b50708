"""Which cluster a stack of `make` uses. The choice of `make up` is kept until `make down`."""

import os
from pathlib import Path

from settings import Settings
from tools import paths
from tools.clusters import kind
from tools.clusters.cluster import Cluster
from tools.clusters.current import Current
from tools.clusters.kind import Kind
from tools.clusters.named import Named
from tools.clusters.own import Own
from tools.engine.stack import exists
from tools.errors import ToolError
from tools.local import host, layout
from tools.steps import say

_HOW = "Another one: make up CLUSTER=kind, local, current or a context of your kubeconfig; docs/try.md"


def of(stack: str, settings: Settings) -> Cluster:
    """Return the cluster of a stack: the one that its settings name, or that of the last `make up`.

    Raises:
        ToolError: There is none yet, and none can be started here.
    """
    if _is_in_file(settings):
        return Named(settings)
    if kept := _kept(stack):
        return _called(kept)
    return Named(settings) if _is_in_environment() else _possible()[0]


def choose(stack: str, settings: Settings, wanted: str) -> Cluster:
    """Choose the cluster of a stack for `make up`, keep the choice, and say it.

    Args:
        stack: Name of the stack.
        settings: Its settings.
        wanted: `kind`, `local`, `current`, a context of the kubeconfig, or nothing for the first that is possible.

    Raises:
        ToolError: The stack is in another cluster, or none can be used here.
    """
    kept = "" if _is_in_file(settings) else _kept(stack)
    if _is_in_file(settings) or (_is_in_environment() and not (wanted or kept)):
        named = Named(settings)
        if wanted:
            message = f"CLUSTER={wanted}: stack {stack} names another cluster: {named.description}. Leave CLUSTER out"
            raise ToolError(message)
        say(f"Cluster: {named.description}.")
        return named
    chosen, why = (_called(wanted or kept), "") if wanted or kept else _possible()
    if kept and chosen.name != kept:
        message = (
            f"CLUSTER={wanted}: stack {stack} is in {_called(kept).description}, since the last `make up`. "
            f"Destroy it there before: make down STACK={stack}"
        )
        raise ToolError(message)
    say(f"Cluster: {chosen.description}{why}. {_HOW}.")
    chosen.check()
    file = _file(stack)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(chosen.name)
    return chosen


def forget(stack: str) -> None:
    """Forget the choice: the next `make up` chooses again."""
    if _file(stack).exists():
        _file(stack).write_text("")


def _is_in_file(settings: Settings) -> bool:
    return settings.cluster.on_gke or settings.kubernetes.context is not None


def _is_in_environment() -> bool:
    # `eval "$(make env)"` sets the variable too, to the kubeconfig of the chosen cluster.
    return os.environ.get("KUBECONFIG") not in {None, "", str(layout.KUBECONFIG), str(kind.KUBECONFIG)}


def _called(name: str) -> Cluster:
    own = {"kind": Kind, "local": Own}
    return own[name]() if name in own else Current(name)


def _possible() -> tuple[Cluster, str]:
    """Return the first cluster that can be started here, and why it is not the one before it."""
    no_kind = kind.obstacle()
    if not no_kind:
        return Kind(), ""
    if no_own := host.unsuitable():
        message = (
            "No cluster can be started here. Do one of these, and run `make up` again:\n"
            f"  * kind: {no_kind}\n"
            f"  * local: {no_own}\n"
            "  * one that is there: make up CLUSTER=current, or CLUSTER=<context of your kubeconfig>"
        )
        raise ToolError(message)
    return Own(), f" (not kind: {no_kind})"


def _kept(stack: str) -> str:
    """Return the name of the cluster of the last `make up`; empty if there is none."""
    file = _file(stack)
    if file.exists():
        return file.read_text()
    # Earlier versions kept no choice, and knew the local cluster only.
    is_older = exists(stack) and layout.KUBECONFIG.exists() and not _is_in_environment()
    return Own.name if is_older else ""


def _file(stack: str) -> Path:
    return paths.STATE / "stacks" / stack / "cluster"
