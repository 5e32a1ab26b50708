"""The local cluster as a whole: start, repair, stop, status."""

import fcntl
import shutil
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager

from tools import paths, toolchain
from tools.local import api, certificates, control_plane, host, images, layout, network, node, pause_image
from tools.local.processes import is_running, require_running, stop
from tools.steps import step
from tools.waiting import wait_for

PARTS = ("etcd", control_plane.API_SERVER, *control_plane.CONTROLLERS, node.CONTAINERD, *node.AGENTS)
"""Every long-running process of the cluster."""

_READY_SECONDS = 120


def up() -> None:
    """Start the cluster from any state; quick if it runs already.

    Raises:
        ToolError: This machine cannot run it, or a part of it does not come up; the message holds the end of its log.
    """
    host.check()
    host.install_packages()
    toolchain.build(toolchain.KUBERNETES)
    paths.STATE.mkdir(parents=True, exist_ok=True)
    paths.STATE.chmod(0o700)  # other users of this machine must not read volumes and state
    with _alone(), step("Starting the local cluster", always=not is_up()):
        if not is_running("kubelet"):
            network.check_free()
        network.up()
        certificates.ensure()
        node.start_containerd()
        if not is_running("kubelet"):
            node.remove_containers()
            network.forget_addresses()
        _load_pause_image()
        control_plane.start_storage_and_api()
        certificates.kubeconfig("admin", ["system:masters"], file=layout.KUBECONFIG)
        _wait("the API server answers", control_plane.API_SERVER, api.answers)
        node.start_agents()
        control_plane.start_controllers()
        api.make_storage_class()
        _wait("the node is ready", "kubelet", api.node_is_ready)
        for part in PARTS:
            require_running(part)


def down() -> None:
    """Stop the cluster: no process, mount, interface, firewall rule or network namespace is left. Its data stays."""
    with _alone(), step("Stopping the local cluster"):
        for name in control_plane.CONTROLLERS:
            stop(name)
        if is_running(control_plane.API_SERVER) and is_running("kubelet"):
            api.end_pods()
        node.stop_agents()
        for name in (control_plane.API_SERVER, "etcd"):
            stop(name)
        if layout.DATA.exists():
            node.stop_containerd()
        network.down()
        shutil.rmtree(layout.RUN, ignore_errors=True)


def is_up() -> bool:
    """Return whether every part of the cluster runs."""
    return all(is_running(part) for part in PARTS)


def status() -> Mapping[str, bool]:
    """Return for each part of the cluster whether it runs."""
    return {part: is_running(part) for part in PARTS}


@contextmanager
def _alone() -> Generator[None]:
    """Wait until no other process starts or stops the cluster: one that stops it would miss the parts that start later.

    The kernel releases the lock when the process ends, in whatever way.
    """
    paths.STATE.mkdir(parents=True, exist_ok=True)
    with layout.LOCK.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            with step("Waiting for another command that starts or stops the local cluster"):
                fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _load_pause_image() -> None:
    if layout.PAUSE_IMAGE not in images.references(node.CTR):
        archive = layout.DATA / "pause.tar"
        pause_image.write(control_plane.program("pause"), layout.PAUSE_IMAGE, archive)
        node.import_image(archive)


def _wait(what: str, part: str, holds: Callable[[], bool]) -> None:
    def holds_while_running() -> bool:
        require_running(part)
        return holds()

    late = f"Timed out after {_READY_SECONDS} s, waiting until {what}. Log: {layout.LOGS / part}.log"
    wait_for(holds_while_running, seconds=_READY_SECONDS, problem=lambda: late, pause=0.3)
