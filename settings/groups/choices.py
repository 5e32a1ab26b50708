"""Entries of `notebook.choices`."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field

from settings.types.accounts import GitHubOrganization, UserName
from settings.types.choices import ChoiceName, GroupName, NodeLabelKey, NodeLabelValue
from settings.types.environment import NotebookValue, NotebookVariable
from settings.types.folders import FolderName
from settings.types.images import ImageReference
from settings.types.machines import AcceleratorType
from settings.types.model import Model
from settings.types.names import PoolName, ResourceName
from settings.types.pods import Argument, HomePath, UrlPath
from settings.types.quantity import Memory, PositiveCpu
from settings.types.text import Line, WholeNumber

EXAMPLE = {
    "name": "large",
    "title": "Large",
    "description": "For whole data sets.",
    "cpu": 4,
    "memory": "16Gi",
    "organizations": ["example-org:physics"],
}
"""One choice."""

_SIZE = {"name": "large", "cpu": 8, "memory": "32Gi"}
_IMAGE = {"image": "quay.io/jupyter/scipy-notebook:2026-01-05", "title": "Python"}
_SELECTOR = {"node.kubernetes.io/instance-type": "m5.xlarge"}


class ChoiceImage(Model):
    """An image of a choice."""

    image: ImageReference
    """Image reference, such as `quay.io/jupyter/scipy-notebook:2026-01-05`."""
    title: Line | None = None
    """Title on the spawn page. Not set: the reference."""


class Amounts(Model):
    """Resources and nodes of a server."""

    cpu: PositiveCpu | None = None
    """CPUs that the server always gets, such as `2`. Not set: `notebook.cpu.default`."""
    cpu_limit: PositiveCpu | None = None
    """CPUs that the server can use while others do not need them, such as `4`. Not set: the larger one of `cpu` and
    `notebook.cpu.max`."""
    memory: Memory | None = None
    """Memory that the server always gets, such as `8Gi`. Not set: `notebook.memory.default`."""
    memory_limit: Memory | None = None
    """Memory with which a program of the server is ended, such as `16Gi`. Above `memory`, it can be missing when others
    need it. Not set: `memory`."""
    additional_resources: Annotated[
        Mapping[ResourceName, Annotated[WholeNumber, Field(ge=1)]], Field(examples=[{"nvidia.com/gpu": 1}])
    ] = {}
    """Extended resources of the server. Empty: none."""
    accelerator: AcceleratorType | None = None
    """GPU type, such as `nvidia-l4`, on GKE. Not set: that of `nodePool`, else `notebook.accelerator`."""
    node_pool: PoolName | None = None
    """Name of an entry of `nodes.gpu`, such as `l4`, on whose nodes the server runs. Not set: any nodes that fit."""
    node_selector: Annotated[Mapping[NodeLabelKey, NodeLabelValue], Field(examples=[_SELECTOR])] = {}
    """Labels of the nodes on which the server runs. Empty: any nodes."""


class ChoiceSize(Amounts):
    """A size of a choice. Omitted parts are those of the choice."""

    name: ChoiceName
    """Name in links, unique in the choice, such as `large`."""
    title: Line | None = None
    """Title on the spawn page, such as `Large`. Not set: the resources in words."""


class Choice(Amounts):
    """A server that people can choose on the spawn page."""

    name: ChoiceName
    """Unique name in links and records, such as `large`. At most 40 characters."""
    title: Line | None = None
    """Title of the card, such as `Large`. Not set: the name."""
    description: Line | None = None
    """Text below the title, such as `For whole data sets.` Not set: none."""
    images: Annotated[tuple[ChoiceImage, ...], Field(examples=[[_IMAGE]])] = ()
    """Images, the default first. Empty: `notebook.image`."""
    sizes: Annotated[tuple[ChoiceSize, ...], Field(examples=[[_SIZE]])] = ()
    """Sizes, the default first. Empty: one, that of the choice itself."""
    default_url: UrlPath | None = None
    """Page that a started server opens, such as `/rstudio`. Not set: `notebook.defaultUrl`."""
    command: Annotated[tuple[Argument, ...], Field(examples=[["jupyterhub-singleuser"]])] = ()
    """Command that starts the server. Empty: `notebook.command`."""
    home_path: HomePath | None = None
    """Folder of the container where the home is, such as `/home/rstudio`. Not set: `notebook.homePath`."""
    environment: Annotated[
        Mapping[NotebookVariable, NotebookValue], Field(examples=[{"MLFLOW_TRACKING_URI": "http://mlflow.mlflow"}])
    ] = {}
    """Environment variables. `{username}` is replaced by the user's name as it is in the name of the pod."""
    folders: Annotated[tuple[FolderName, ...], Field(examples=[["data"]])] | None = None
    """Names of the entries of `notebook.folders` that the server has. Not set: all; empty: none."""
    max_hours: Annotated[WholeNumber, Field(ge=1)] | None = None
    """Hours after its start after which the server is stopped, even if it is in use. Not set: `notebook.maxHours`."""
    users: Annotated[tuple[UserName, ...], Field(examples=[["ada"]])] = ()
    """Users who can choose it. With `organizations` and `groups` empty, too: everybody."""
    organizations: Annotated[tuple[GitHubOrganization, ...], Field(examples=[["example-org:physics"]])] = ()
    """GitHub organizations (`org`) and teams (`org:team`) whose members can choose it, with `auth.type: github`."""
    groups: Annotated[tuple[GroupName, ...], Field(examples=[["physics"]])] = ()
    """Groups of the hub, as the sign-in gives them or as they are on the admin page, whose members can choose it."""

    @property
    def is_restricted(self) -> bool:
        """Whether only some can choose it."""
        return bool(self.users or self.organizations or self.groups)

    @property
    def all_sizes(self) -> tuple[ChoiceSize, ...]:
        """The sizes, each with the parts of the choice that it omits; that of the choice itself if it lists none."""
        own = {name: value for name in Amounts.model_fields if (value := getattr(self, name))}
        sizes = self.sizes or (ChoiceSize(name=self.name),)
        return tuple(
            size.model_copy(update={name: value for name, value in own.items() if not getattr(size, name)})
            for size in sizes
        )
