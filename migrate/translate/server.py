"""`singleuser`: images, amounts, environment and what the pod of a server has."""

import re
import shlex
from collections.abc import Callable, Mapping
from typing import Final

from hub.contract import PERSON_FIELDS
from hub.pod_settings import HOME_VOLUME
from migrate.plan import Plan
from migrate.translate import amounts
from migrate.values import Key, is_map, list_of, map_of, number_of, texts_of

MOST_PERCENT: Final = 400
"""Largest `notebook.memoryLimitPercent`."""
IS_SECRET: Final = re.compile(r"SECRET|PASSWORD|PASSWD|(?:^|_)TOKEN$|API_KEY|ACCESS_KEY|CREDENTIALS$")
"""Variables whose values nobody should read in a stack file."""
_NO_CONTAINERS: Final = (
    "servers have one container: run the program in the image, or as a service beside the hub (`hub.services`)"
)
_NO_INIT: Final = (
    "no init containers: git repositories are `notebook.content`, files `notebook.files`; the home already belongs to "
    "the group of `notebook.runAs`"
)
_OF_STACKS: Final[Mapping[str, str]] = {
    "CHOWN_EXTRA": "Kubernetes gives the home to the group of `notebook.runAs`",
    "CHOWN_HOME": "Kubernetes gives the home to the group of `notebook.runAs`",
    "CHOWN_HOME_OPTS": "Kubernetes gives the home to the group of `notebook.runAs`",
    "JUPYTER_RUNTIME_DIR": "a folder of the pod, beside the home",
    "JUPYTERHUB_SINGLEUSER_APP": "the hub starts Jupyter Server and JupyterLab anyway",
}
_IN_BRACES: Final = re.compile(r"\{([A-Za-z_]+)\}")
_NOT_ROOT: Final = "root is refused by Pod Security restricted: docs/notebook-images.md#users"
_GITPULLER: Final = re.compile(r"gitpuller\s+(\S+)(?:\s+(\S+))?(?:\s+(\S+))?")
_ONLY_GITPULLER: Final = re.compile(r"\s*gitpuller\s+\S+(?:\s+\S+){0,2}\s*(?:\|\|\s*true\s*)?")


def image(plan: Plan) -> None:
    """Translate the image and how nodes pull it."""
    name, tag = plan.get("singleuser.image.name"), plan.get("singleuser.image.tag")
    whole = plan.get("singleuser.image")
    if isinstance(whole, str):
        plan.set("notebook.image", whole, "singleuser.image")
    elif name:
        reference = f"{name}:{tag}" if tag else str(name)
        plan.set("notebook.image", reference, "singleuser.image.name", "singleuser.image.tag")
    elif tag:
        plan.refuse("a tag of the chart's own image, which is not used here", "singleuser.image.tag")
    if policy := plan.get("singleuser.image.pullPolicy"):
        plan.set("notebook.imagePullPolicy", policy, "singleuser.image.pullPolicy")
    for path in ("singleuser.image.pullSecrets", "imagePullSecrets"):
        if secrets := names_of(plan.get(path)):
            plan.add("notebook.imagePullSecrets", secrets, path)
            plan.task(f"Create the Secrets {', '.join(map(str, secrets))} in the notebooks' namespace.")
    plan.same("no Secrets for pulling images", "imagePullSecrets", "singleuser.image.pullSecrets")


def sizes(plan: Plan) -> None:
    """Translate CPU, memory and devices: guarantee and limit become default, least and most of the spawn form."""
    guarantee, limit = bounds(plan.get("singleuser.cpu"), amounts.cpu)
    if guarantee:
        most = limit or guarantee
        plan.set("notebook.cpu", {"default": guarantee, "min": guarantee, "max": most}, "singleuser.cpu")
    guarantee, limit = bounds(plan.get("singleuser.memory"), amounts.memory)
    if guarantee:
        plan.set("notebook.memory", dict.fromkeys(("default", "min", "max"), guarantee), "singleuser.memory")
        if limit and (percent := min(MOST_PERCENT, amounts.share(limit, guarantee))) > 100:
            plan.set("notebook.memoryLimitPercent", percent, "singleuser.memory.limit")
    plan.same("no limits and guarantees", "singleuser.cpu", "singleuser.memory")
    resources = plan.get("singleuser.extraResource")
    limits = map_of(map_of(resources).get("limits")) or map_of(map_of(resources).get("guarantees"))
    if size := amounts.memory(limits.get("ephemeral-storage")):
        plan.set("notebook.ephemeralStorage", size, "singleuser.extraResource")
    if devices := devices_of(limits):
        plan.set("notebook.additionalResources", devices, "singleuser.extraResource")
    plan.same("none", "singleuser.extraResource")


def bounds(value: object, read: Callable[[object], str | None]) -> tuple[str | None, str | None]:
    """Return guarantee and limit of CPU or memory; without a guarantee, Kubernetes guarantees the limit."""
    parts = map_of(value)
    limit = read(parts["limit"]) if parts.get("limit") else None
    guarantee = read(parts["guarantee"]) if parts.get("guarantee") else None
    return guarantee or limit, limit


def process(plan: Plan) -> None:
    """Translate command, page, user and time limit."""
    if url := plan.get("singleuser.defaultUrl"):
        plan.set("notebook.defaultUrl", url, "singleuser.defaultUrl")
    command = texts_of(plan.get("singleuser.cmd")) + texts_of(plan.get("singleuser.args"))
    if command in ([], ["jupyterhub-singleuser"], ["start-singleuser.sh"], ["start-singleuser.py"]):
        plan.same("the program that servers start with anyway", "singleuser.cmd", "singleuser.args")
    else:
        plan.set("notebook.command", command, "singleuser.cmd", "singleuser.args")
    if seconds := number_of(plan.get("singleuser.startTimeout")):
        plan.set("notebook.startTimeoutSeconds", min(3600, max(30, seconds)), "singleuser.startTimeout")
    plan.same("the default", "singleuser.startTimeout")
    _user(plan)
    if path := plan.get("singleuser.storage.homeMountPath"):
        if "{" in str(path):
            mounts = [{"name": HOME_VOLUME, "mountPath": str(path).rstrip("/")}]
            plan.write("home", f"c.KubeSpawner.volume_mounts = {mounts!r}\n", "singleuser.storage.homeMountPath")
            plan.task(
                "The preview warns that KubeSpawner.volume_mounts loses the home: it is there, at its other path."
            )
        elif path != "/home/jovyan":
            plan.set("notebook.homePath", str(path).rstrip("/"), "singleuser.storage.homeMountPath")
        plan.same("the default", "singleuser.storage.homeMountPath")


def _user(plan: Plan) -> None:
    numbers = {"user": "singleuser.uid", "group": "singleuser.fsGid"}
    for name, path in numbers.items():
        if number := number_of(plan.get(path)):
            plan.update("notebook.runAs", {name: number}, path)
        elif number == 0:
            plan.refuse(_NOT_ROOT, path)
        plan.same("the user of the image, 1000 and 100", path)
    if plan.get("singleuser.allowPrivilegeEscalation"):
        plan.refuse(_NOT_ROOT, "singleuser.allowPrivilegeEscalation")
    plan.same("never allowed", "singleuser.allowPrivilegeEscalation")


def environment(plan: Plan) -> None:
    """Translate environment variables; those of Secrets and ConfigMaps have no counterpart."""
    for name, value, path in named(plan.get("singleuser.extraEnv"), ("singleuser", "extraEnv")):
        if (why := _OF_STACKS.get(name)) is not None:
            plan.same(why, path)
        elif name == "GRANT_SUDO":
            plan.refuse(_NOT_ROOT, path)
        elif is_map(value):
            why = "a value of another object: put it into `notebook.secretEnvironment`, or let the program read a file"
            plan.refuse(why, path)
        elif IS_SECRET.search(name):
            plan.secret("notebook.secretEnvironment", {name: text_of(value)}, path)
        elif (fields := set(_IN_BRACES.findall(text_of(value)))) and fields.isdisjoint(PERSON_FIELDS):
            # Braces for a program in the server: KubeSpawner fills in those of texts, and not those of functions.
            code = f"c.KubeSpawner.environment.update({{{name!r}: lambda spawner: {text_of(value)!r}}})\n"
            plan.write(name, code, path)
        else:
            plan.update("notebook.environment", {name: text_of(value)}, path)
    plan.same("no variables", "singleuser.extraEnv")


def named(value: object, key: Key) -> list[tuple[str, object, Key]]:
    """Return (name, value, path) of environment variables, which are a map, or a list as in a pod."""
    found: list[tuple[str, object, Key]] = []
    for name, inner in map_of(value).items():
        parts = map_of(inner)
        found.append((str(parts.get("name", name)), parts.get("value", inner) if parts else inner, (*key, name)))
    for inner in [] if is_map(value) else list_of(value):
        parts = map_of(inner)
        found.append((str(parts.get("name")), parts.get("value", parts), key))
    return found


def pod(plan: Plan) -> None:
    """Translate labels, annotations, nodes and hooks of the pods."""
    for key, path in (
        ("notebook.labels", "singleuser.extraLabels"),
        ("notebook.annotations", "singleuser.extraAnnotations"),
    ):
        _labels(plan, key, path)
    if selector := map_of(plan.get("singleuser.nodeSelector")):
        plan.set("notebook.nodeSelector", _texts(selector), "singleuser.nodeSelector")
    for path in ("singleuser.extraTolerations", "scheduling.userPods.tolerations"):
        if tolerations := list_of(plan.get(path)):
            plan.add("notebook.tolerations", tolerations_of(tolerations), path)
    plan.same("none", "singleuser.nodeSelector", "singleuser.extraTolerations", "scheduling.userPods.tolerations")
    for kind in ("NodeAffinity", "PodAffinity", "PodAntiAffinity"):
        path = f"singleuser.extra{kind}"
        if any(list_of(inner) for inner in map_of(plan.get(path)).values()):
            plan.refuse("affinities: use labels of nodes, `notebook.nodeSelector`, or those of a choice", path)
        plan.same("none", path)
    hooks(plan)
    _containers(plan)
    _pod_config(plan)


def _containers(plan: Plan) -> None:
    if list_of(plan.get("singleuser.extraContainers")):
        plan.refuse(_NO_CONTAINERS, "singleuser.extraContainers")
    first = list_of(plan.get("singleuser.initContainers"))
    if first and all(map(_is_chown, first)):
        plan.same("Kubernetes gives files to the group of `notebook.runAs`", "singleuser.initContainers")
    elif first:
        plan.refuse(_NO_INIT, "singleuser.initContainers")
    plan.same("none", "singleuser.extraContainers", "singleuser.initContainers")


def hooks(plan: Plan) -> None:
    """Translate a hook after the start: gitpuller becomes content, another program the script before the server."""
    path = "singleuser.lifecycleHooks.postStart"
    words = texts_of(plan.get(f"{path}.exec.command"))
    script = words[-1] if words[:2] in (["sh", "-c"], ["/bin/sh", "-c"], ["bash", "-c"], ["/bin/bash", "-c"]) else None
    pieces = [piece for piece in re.split(r"[;\n]|&&", script or " ".join(words)) if piece.strip()]
    if words and pieces and all(_ONLY_GITPULLER.fullmatch(piece) for piece in pieces):
        for piece in pieces:
            if match := _GITPULLER.search(piece):
                parts = {"repository": match[1], "branch": match[2], "folder": match[3]}
                plan.add("notebook.content", [{name: part for name, part in parts.items() if part}], path)
    elif words:
        plan.set("notebook.startScript", script or shlex.join(words), path)
    plan.refuse("a program before the end: servers may be killed at any time", "singleuser.lifecycleHooks.preStop")
    plan.same("none", "singleuser.lifecycleHooks")


def _pod_config(plan: Plan) -> None:
    known = {
        "enableServiceLinks": "never linked",
        "hostIPC": "never",
        "restartPolicy": "Kubernetes restarts no ended server; the hub offers a new one",
    }
    for name in map_of(plan.get("singleuser.extraPodConfig")):
        key = ("singleuser", "extraPodConfig", name)
        if name == "securityContext":
            plan.same("the group of `notebook.runAs`", key)
        elif name in known:
            plan.same(known[name], key)
        else:
            plan.refuse("fields of the pod: Pod Security and this program set them", key)
    plan.same("none", "singleuser.extraPodConfig")


def _labels(plan: Plan, key: str, path: str) -> None:
    for name, value in map_of(plan.get(path)).items():
        inner = (*path.split("."), name)
        if name.startswith("hub.jupyter.org/network-access"):
            plan.same("`network.policies` allows what servers need", inner)
        elif "{unescaped_" in str(value):
            plan.refuse("a name in a label: servers have it in the annotation `hub.jupyter.org/username`", inner)
        elif "{" in str(value) and key == "notebook.labels":
            labels = {name: str(value)}
            plan.write(name, f"c.KubeSpawner.extra_labels.update({labels!r})\n", inner)
        elif name.startswith("gke-gcsfuse/"):
            plan.same("`notebook.folders` with a bucket sets it", inner)
        else:
            plan.update(key, {name: text_of(value)}, inner)
    plan.same("none", path)


def devices_of(limits: object) -> dict[str, object]:
    """Return extended resources with their number, without those of which there are none."""
    amounts_of = {name: str(amount) for name, amount in map_of(limits).items() if "/" in name}
    return {name: int(amount) for name, amount in amounts_of.items() if amount.isdigit() and int(amount) > 0}


def tolerations_of(value: object) -> list[object]:
    """Return tolerations with the fields that settings have."""
    known = ("key", "operator", "value", "effect", "tolerationSeconds")
    parts = [map_of(one) for one in list_of(value)]
    return [{name: one[name] for name in known if one.get(name) not in (None, "")} for one in parts]


def _is_chown(container: object) -> bool:
    words = " ".join(texts_of(map_of(container).get("command")) + texts_of(map_of(container).get("args")))
    return re.fullmatch(r"(?:(?:/bin/)?(?:ba)?sh -c )?[^;&|\n]*\bch(?:own|mod)\b[^;|\n]*", words) is not None


def names_of(value: object) -> list[object]:
    """Return names of objects, which are texts, or maps with `name`."""
    return [map_of(one).get("name", one) if is_map(one) else one for one in list_of(value)]


def _texts(parts: Mapping[str, object]) -> dict[str, object]:
    return {name: text_of(value) for name, value in parts.items()}


def text_of(value: object) -> str:
    """Return a value as an environment variable or a label has it."""
    return str(value).lower() if isinstance(value, bool) else str(value)
