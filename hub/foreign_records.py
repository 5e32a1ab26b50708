"""Records of a hub with servers in another namespace: the database has moved. See `docs/decisions/52-move.md`.

KubeSpawner believes the namespace and the names of its record, and could start no server.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kubespawner import __version__

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kubespawner import KubeSpawner


def own_state(spawner: KubeSpawner, state: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the record of a server, corrected in the database if it is of another namespace.

    The name of the home stays: a renamed user has one of another name. `home.prepare` looks whether it is there.
    """
    there = state.get("namespace", spawner.namespace)
    if there == spawner.namespace:
        return state
    own: dict[str, Any] = {
        "namespace": spawner.namespace,
        # Of an older version, KubeSpawner would look for the home by that version's names, which are other users' here.
        "kubespawner_version": __version__,
        **{key: state[key] for key in ("pvc_name",) if key in state},
    }
    spawner.log.warning(
        "Ignoring the pod %s and the options of the server of %s: they are of the namespace %s",
        state.get("pod_name"),
        spawner.user.name if spawner.user else None,
        there,
    )
    spawner.user_options = {}
    if spawner.orm_spawner is not None:
        spawner.orm_spawner.state, spawner.orm_spawner.user_options = own, {}
    return own
