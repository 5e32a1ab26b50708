"""Keys `notebook.*`."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from settings.groups.choices import EXAMPLE, Choice, ChoiceSize
from settings.groups.content import Repository
from settings.groups.spare import EXAMPLE as SPARE_EXAMPLE
from settings.groups.spare import Spare
from settings.types.choices import NodeLabelKey, NodeLabelValue
from settings.types.environment import NotebookValue, NotebookVariable
from settings.types.files import FilePath, readable
from settings.types.folders import Folder, Scratch
from settings.types.images import ImagePattern, ImageReference
from settings.types.machines import AcceleratorType
from settings.types.model import UNLESS_EMPTY, Model, over
from settings.types.named_servers import NamedServers
from settings.types.names import DnsName, ResourceName
from settings.types.placement import Toleration
from settings.types.pods import AnnotationValue, Argument, HomePath, LabelKey, LabelValue, RunAs, ShellScript, UrlPath
from settings.types.quantity import Memory, Quantity, parse
from settings.types.quota import QuotaName, amounts_fit
from settings.types.secret import SecretText
from settings.types.sizes import CpuBounds, MemoryBounds, Storage
from settings.types.text import Flag, Text, WholeNumber
from settings.types.traffic import Destination

_HOME_STORAGE = Storage(size="10Gi")
_CPU = CpuBounds(default="0.5", min="0.1", max="4")
_MEMORY = MemoryBounds(default="1Gi", min="256Mi", max="8Gi")
_QUOTA = {"pods": 50, "requests.cpu": 64, "requests.memory": "256Gi", "requests.nvidia.com/gpu": 4}
_RUN_AS = RunAs(user=1000, group=100)
_COURSE = {"repository": "https://github.com/example/course", "branch": "main"}
_NAMED_SERVERS = NamedServers(max=0, home="own")
_FILES = {"/etc/gitconfig": "[pull]\n  rebase = true\n"}
_DESTINATIONS = [
    {"range": "10.20.0.0/16", "ports": [5432]},
    {"namespace": "mlflow", "pods": {"app": "mlflow"}, "ports": [5000]},
]
_TAINT = {"key": "dedicated", "value": "notebooks", "effect": "NoSchedule"}
_SHORTEST_IDLE = 5
_FOLDERS = [
    {"name": "data", "path": "/data", "claim": "course-data"},
    {
        "name": "teams",
        "path": "/teams/{group}",
        "subPath": "{group}",
        "organizations": ["example-org:physics"],
        "storage": {"size": "100Gi", "disk": "filestore"},
        "access": "write",
    },
]


def _never_or_long_enough(minutes: int) -> int:
    # Servers report their activity once a minute: with less, servers in use would be stopped.
    if 0 < minutes < _SHORTEST_IDLE:
        msg = f"is too short; the least is {_SHORTEST_IDLE}, and 0 means never"
        raise ValueError(msg)
    return minutes


class NotebookSettings(Model):
    """The notebook servers, and the choices of the spawn form. Changes apply to servers that start afterwards."""

    choices: Annotated[tuple[Choice, ...], Field(examples=[[EXAMPLE]])] = ()
    """Servers that people choose from, as cards of the spawn page, in this order; the first one is the default. Empty:
    the free form, with `notebook.images`, `notebook.cpu`, `notebook.memory` and `notebook.additionalResources`."""
    free_choice: Flag = False
    """Whether the free form is the last entry below `notebook.choices`, for everybody."""
    image: Annotated[ImageReference, Field(validate_default=False)] = ""
    """Default image of the spawn form, such as `quay.io/jupyter/base-notebook:2026-01-05`. Required unless
    `images.repository` is set."""
    images: Annotated[tuple[ImageReference, ...], Field(examples=[["quay.io/jupyter/scipy-notebook:2026-01-05"]])] = ()
    """Further images in the spawn form."""
    allowed_images: tuple[ImagePattern, ...] = ("quay.io/jupyter/*",)
    """Patterns of other images that users can enter in the spawn form; `*` matches `/` too."""
    image_pull_policy: Literal["Always", "IfNotPresent", "Never"] | None = None
    """When nodes pull an image, such as `Always`. Not set: always for the tag `latest`, else once."""
    image_pull_secrets: Annotated[tuple[DnsName, ...], Field(examples=[["registry"]])] = ()
    """Names of existing Secrets in the notebooks' namespace, of type kubernetes.io/dockerconfigjson, with which nodes
    pull images from private registries. Create them with `kubectl create secret docker-registry`."""
    default_url: UrlPath = "/lab"
    """Page that a started server shows, such as `/rstudio` or `/tree`."""
    command: Annotated[tuple[Argument, ...], Field(examples=[["start-notebook.py"]])] = ()
    """Program of the image that starts the server, and its arguments. Empty: `start-singleuser.sh`, or
    `jupyterhub-singleuser` in images without it. The image's entrypoint gets it in both cases."""
    home_path: HomePath = "/home/jovyan"
    """Folder at which the home is mounted, also the value of `HOME`, such as `/home/rstudio`."""
    run_as: Annotated[RunAs, over(_RUN_AS)] = _RUN_AS
    """Linux user and group of servers. Root is refused."""
    labels: Annotated[Mapping[LabelKey, LabelValue], Field(examples=[{"team": "physics"}])] = {}
    """Further labels of the pods, such as those of a cost report."""
    annotations: Annotated[Mapping[LabelKey, AnnotationValue], Field(examples=[{"example.org/owner": "Ada"}])] = {}
    """Further annotations of the pods."""
    node_selector: Annotated[Mapping[NodeLabelKey, NodeLabelValue], Field(examples=[{"pool": "notebooks"}])] = {}
    """Labels of the nodes of all servers. A choice can have further ones. In a created cluster, the nodes of
    `nodes.user` and `nodes.gpu` are theirs anyway."""
    tolerations: Annotated[tuple[Toleration, ...], Field(examples=[[_TAINT]])] = ()
    """Taints of nodes on which servers run all the same. In a created cluster, those of its nodes are tolerated
    anyway."""
    spare: Annotated[tuple[Spare, ...], Field(examples=[[SPARE_EXAMPLE]])] = ()
    """Spare capacity on running nodes, so that further servers start without waiting for a new node: placeholder pods
    with a lower priority, which servers preempt. Several entries of the same size add up."""
    prepull: Flag = False
    """Whether the images of `notebook.choices`, or of the free form, are pulled on each node before a server needs
    them."""
    cpu: Annotated[CpuBounds, over(_CPU)] = _CPU
    """CPUs of a notebook server. Omitted parts keep their defaults. `500m` is the same as `0.5`."""
    memory: Annotated[MemoryBounds, over(_MEMORY)] = _MEMORY
    """Memory of a notebook server. Omitted parts keep their defaults."""
    memory_limit_percent: Annotated[WholeNumber, Field(ge=100, le=400)] = 100
    """Memory limit of a server in percent of the chosen memory, which is guaranteed. 100 to 400. Above 100, servers can
    use what others leave, and Kubernetes ends programs if all of them need more than they chose."""
    additional_resources: Mapping[ResourceName, Annotated[WholeNumber, Field(ge=1)]] = {"nvidia.com/gpu": 1}
    """Extended resources that users can request in the spawn form, each with its maximum."""
    accelerator: AcceleratorType | None = None
    """GPU type of servers that request nvidia.com/gpu, such as `nvidia-l4`. Required for GPUs on Autopilot. Not set:
    any GPU type of the nodes."""
    quota: Annotated[Mapping[QuotaName, Quantity], AfterValidator(amounts_fit), Field(examples=[_QUOTA])] = {}
    """ResourceQuota of all notebook servers and homes together. Empty: no limit."""
    ephemeral_storage: Memory = "10Gi"
    """Maximum size of a server's files outside of the home, such as `10Gi`: `/tmp`, logs and what `%pip install` adds.
    Kubernetes stops a server that exceeds it. At most 10Gi on Autopilot, which also requests it for each server."""
    storage: Annotated[Storage, over(_HOME_STORAGE)] = _HOME_STORAGE
    """Home volume of each user. Existing homes keep their kind of disk, and grow to the size when their server starts.
    With `disk: filestore`, homes are NFS shares of 10Gi to 1Ti."""
    keep_homes: Flag = True
    """Whether the homes are retained when a user is deleted, and by `pulumi destroy`."""
    start_timeout_seconds: Annotated[WholeNumber, Field(ge=30, le=3600)] = 600
    """Timeout in seconds for the start of a server, with the image pull and a new node. 30 to 3600."""
    idle_minutes: Annotated[WholeNumber, Field(ge=0), AfterValidator(_never_or_long_enough)] = 60
    """Minutes without activity after which a server is stopped. At least 5; 0 means never. Activity is: requests of
    browsers, output, busy kernels, and processes that compute. This also applies to running servers."""
    count_open_tabs: Flag = True
    """Whether requests of browsers are activity. An open tab of JupyterLab sends them all the time, so with `true` it
    keeps a server with its GPUs. With `false`, only these are: saved files, output, busy kernels, and processes that
    compute. Then do not offer other web applications, such as RStudio: using them is no activity."""
    named_servers: Annotated[NamedServers, over(_NAMED_SERVERS)] = _NAMED_SERVERS
    """Further servers of a user, beside the default one. Omitted parts keep their defaults."""
    sharing: Flag = False
    """Whether users may let others use their servers, by JupyterHub's shares and share codes. Others then work with all
    files, variables and rights of the server."""
    content: Annotated[tuple[Repository, ...], Field(examples=[[_COURSE]])] = ()
    """Public git repositories that are pulled into each home when its server starts. What people changed is kept. The
    image needs git."""
    files: Annotated[Mapping[FilePath, Text], AfterValidator(readable), Field(examples=[_FILES])] = {}
    """Files of all servers, by absolute path outside of the home, with their text: settings of Jupyter and git, for
    example. They are read-only, and nothing secret belongs there. JSON and Python are checked for their syntax."""
    start_script: ShellScript = ""
    """Shell script that runs in the home before each server starts, such as `mkdir -p work`, in any number of lines. It
    runs as the server's user and with its variables, and its output is in the pod's log. The server starts even if it
    fails, and after a failed start it is left out. Programs belong into the image, files into `notebook.files`, and
    nothing secret into the script."""
    kernel_idle_minutes: Annotated[WholeNumber, Field(ge=0), AfterValidator(_never_or_long_enough)] = 0
    """Minutes without activity after which a kernel is stopped, also if its notebook is open. At least 5; 0 means
    never. Busy kernels go on. It frees memory in a server that is in use."""
    max_hours: Annotated[WholeNumber, Field(ge=0)] = 0
    """Hours after its start after which a server is stopped, even if it is in use. 0 means never. This also applies to
    running servers."""
    environment: Annotated[
        Mapping[NotebookVariable, NotebookValue], Field(examples=[{"MLFLOW_TRACKING_URI": "http://mlflow.mlflow"}])
    ] = {}
    """Environment variables of servers, without secrets. `{username}` is the user's name as in the name of the pod,
    `{unescaped_username}` the name itself, and `{servername}` the name of a named server."""
    secret_environment: Mapping[NotebookVariable, SecretText] = {}
    """Secret environment variables of servers, as JSON: `{"DB_PASSWORD": "..."}`. All users can read them. A running
    server keeps the values of its start."""
    sign_in_token: Flag = False
    """Whether a server can get the access token of its user's sign-in from the hub, at
    `$JUPYTERHUB_API_URL/sign-in-token`, with `auth.type: github`, or `custom` with OAuth. Users have to sign in again
    after it is set."""
    shared_memory: Memory | None = None
    """Maximum size of `/dev/shm`, such as `2Gi`, which the workers of PyTorch need. Its content counts as memory of the
    server. Not set: 64Mi."""
    scratch: Annotated[Scratch | None, UNLESS_EMPTY, Field(examples=[{"size": "50Gi"}])] = None
    """Volume for temporary files, of each server: it is deleted when the server stops. Not set: none."""
    folders: Annotated[tuple[Folder, ...], Field(examples=[_FOLDERS])] = ()
    """Folders beside the home: shared, of a group, or of each user."""
    internet: Flag = True
    """Whether servers reach the internet, with `network.policies`. The private network is no internet."""
    egress: Annotated[tuple[Destination, ...], Field(examples=[_DESTINATIONS])] = ()
    """Further destinations of servers' connections, with `network.policies`: databases in the private network, for
    example, and services in the cluster. It also applies to running servers."""

    @property
    def uses_filestore(self) -> bool:
        """Whether homes or folders are on Filestore."""
        folders = [folder.storage for folder in self.folders if folder.storage is not None]
        return any(storage.disk == "filestore" for storage in (self.storage, *folders))

    @property
    def uses_buckets(self) -> bool:
        """Whether there are folders in buckets."""
        return any(folder.bucket is not None for folder in self.folders)

    @property
    def has_free_form(self) -> bool:
        """Whether people can enter image, CPU, memory and additional resources freely."""
        return self.free_choice or not self.choices

    def sizes_of(self, choice: Choice) -> tuple[ChoiceSize, ...]:
        """Return the sizes of a choice, each with `cpu`, `cpu_limit`, `memory` and `memory_limit`."""

        def complete(size: ChoiceSize) -> ChoiceSize:
            cpu, memory = size.cpu or self.cpu.default, size.memory or self.memory.default
            limits = {
                "cpu_limit": size.cpu_limit or max(cpu, self.cpu.max, key=parse),
                "memory_limit": size.memory_limit or memory,
            }
            return size.model_copy(update={"cpu": cpu, "memory": memory, **limits})

        return tuple(complete(size) for size in choice.all_sizes)

    @property
    def default_size(self) -> ChoiceSize:
        """Size of a server of the free form whose fields are empty."""
        return self.sizes_of(Choice(name="default"))[0]

    def server_of(self, spare: Spare) -> tuple[Choice | None, ChoiceSize] | None:
        """Return choice and complete size that an entry of `spare` names; None if there is none of that name.

        Without choices, the choice is None.
        """
        if not self.choices:
            return (None, self.default_size) if spare.choice is None and spare.size is None else None
        for choice in self.choices:
            if spare.choice in {None, choice.name}:
                sizes = self.sizes_of(choice)
                size = next((size for size in sizes if spare.size in {None, size.name}), None)
                return None if size is None else (choice, size)
        return None
