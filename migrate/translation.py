"""The whole translation: values of the chart to a plan."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import settings
from migrate.canonical import Canonical, canonical
from migrate.plan import Answer, Kind, Plan
from migrate.translate import choices, code, endpoint, hub, network, server, services, sign_in, storage, surroundings
from migrate.values import leaves

_IMAGES: Final = "europe-west1-docker.pkg.dev/my-project-123/jupyterhub"
_ON_GKE: Final = {"cluster.mode": "existing", "cluster.location": "europe-west1", "gcp.project": "my-project-123"}


@dataclass(frozen=True)
class Line:
    """One value of the files, and what becomes of it."""

    key: str
    """Its name in the files."""
    answer: Answer


@dataclass(frozen=True)
class Translation:
    """A plan, with an answer for each value, and what is still wrong with its settings."""

    plan: Plan
    lines: tuple[Line, ...]
    mistakes: tuple[str, ...]
    """What `pulumi preview` would say about the settings."""

    def of(self, kind: Kind) -> list[Line]:
        """Return the values with a kind of answer."""
        return [line for line in self.lines if line.answer.kind is kind]


def translate(values: Mapping[str, object]) -> Translation:
    """Return the translation of a chart's values."""
    source = canonical(values)
    plan = Plan(source.values)
    # Sign-in comes first: groups are organizations with GitHub. Certificates come before the Ingress, which has one.
    for part in (
        sign_in.sign_in,
        server.image,
        server.sizes,
        server.process,
        server.environment,
        server.pod,
        storage.homes,
        storage.volumes,
        storage.server_files,
        choices.choices,
        hub.pod,
        hub.database,
        hub.limits,
        services.people,
        endpoint.proxy,
        endpoint.ingress,
        endpoint.route,
        network.policies,
        surroundings.cull,
        surroundings.room,
        surroundings.rest,
        hub.config,
    ):
        part(plan)
    code.snippets(plan, source.snippets)
    # Parts that no cluster can have, and not those that need GKE.
    plan.withdraw(_mistakes(plan, _ON_GKE))
    if plan.code:
        plan.settings["hub.extraConfig"] = "\n".join(f"# {piece.name}\n{piece.text.rstrip()}\n" for piece in plan.code)
    return Translation(plan, tuple(_lines(source, plan)), tuple(_mistakes(plan)))


def _lines(source: Canonical, plan: Plan) -> list[Line]:
    found = [Line(source.name_of(leaf), plan.answer_of(leaf)) for leaf in leaves(source.values)]
    found += [Line(f"hub.extraConfig.{name}", plan.answer_of(("hub", "extraConfig", name))) for name in source.snippets]
    why = "filled in by another program: render the files first, or set what it stands for by hand"
    found += [Line(".".join(leaf), Answer(Kind.REFUSED, why)) for leaf in source.templates]
    return sorted(found, key=lambda line: line.key)


def _mistakes(plan: Plan, more: Mapping[str, object] | None = None) -> list[str]:
    values: dict[str, object] = {"images.repository": _IMAGES, **(more or {}), **plan.settings, **plan.secrets}
    try:
        settings.parse(values, encrypted=plan.secrets.keys())
    except settings.SettingsError as error:
        return list(error.mistakes)
    return []


def coverage(translation: Translation) -> tuple[int, int]:
    """Return how many keys are translated or need no translation, and how many there are.

    Maps whose keys people choose, such as environment variables, count as one key.
    """
    done: dict[str, bool] = {}
    for line in translation.lines:
        key = _FREE.match(line.key)
        name = key[0] if key else line.key
        done[name] = done.get(name, True) and line.answer.kind not in {Kind.REFUSED, Kind.UNKNOWN}
    return sum(done.values()), len(done)


_FREE: Final = re.compile(
    r"hub\.config\.[^.]+\.[^.]+|hub\.(?:extraConfig|extraFiles|services|loadRoles)\.[^.]+"
    r"|(?:\w+\.)+(?:extraEnv|extraLabels|extraAnnotations|labels|annotations|nodeSelector|templateVars"
    r"|extra(?:Static|Dynamic)Config|extraVolumes|extraVolumeMounts|lifecycleHooks|extraPodConfig|extraPodSpec"
    r"|livenessProbe|readinessProbe|resources|securityContext|extraResource)|singleuser\.extraFiles\.[^.]+|custom"
)
"""Maps whose keys people choose, and objects that Kubernetes defines."""
