"""Named types for the parts of a notebook server: labels of nodes, paths, variables and commands."""

from typing import Annotated, Final

from settings.types.names import LABEL
from settings.types.text import Line, Text, at_most, matching

_NAME: Final = r"[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?"
_DOMAIN: Final = rf"(?=[^/]{{1,253}}/){LABEL}(?:\.{LABEL})*"
_FOLDER: Final = r"(?!\.\.?(?:/|$))[A-Za-z0-9._-]+"

ChoiceName = Annotated[
    Text,
    matching(
        r"(?!free$)[a-z0-9](?:[-a-z0-9]{0,38}[a-z0-9])?",
        "is not a name for links and records: at most 40 lower-case letters, digits and '-', such as large; free is "
        "reserved",
    ),
]
"""Name in links (`/hub/spawn?choice=<name>`) and in the hub's database: at most 40 characters; `free` is reserved."""

LabelKey = Annotated[
    Text,
    matching(
        rf"(?:{_DOMAIN}/)?{_NAME}", "is not the key of a label of nodes, such as node.kubernetes.io/instance-type"
    ),
]
"""Key of a Kubernetes label."""

LabelValue = Annotated[
    Text, matching(rf"(?:{_NAME})?", "is not the value of a label: at most 63 letters, digits, '-', '_' and '.'")
]
"""Value of a Kubernetes label."""

UrlPath = Annotated[
    Text,
    matching(
        r"/(?!/)[A-Za-z0-9/._~%?&=+:@,;!$'()*-]*",
        "is not a path below the server's address, such as /lab, /rstudio or /lab/tree/course.ipynb",
    ),
    at_most(1000, "the limit of the hub"),
]
"""Path of a URL below the address of a server, with a query if need be."""

HomePath = Annotated[
    Text,
    matching(
        rf"(?!/(?:bin|boot|dev|etc|lib|lib64|proc|run|sbin|sys|tmp|usr|var)(?:/|$))(?:/{_FOLDER})+",
        "is not the path of a home folder, such as /home/rstudio: absolute, without '..', and outside of the system's "
        "folders",
    ),
    at_most(255, "a longer path is rarely meant"),
]
"""Absolute path of a home folder in the container."""

VariableName = Annotated[
    Text,
    matching(
        r"[A-Za-z_][A-Za-z0-9_]{0,127}", "is not the name of an environment variable, such as MLFLOW_TRACKING_URI"
    ),
    matching(
        r"(?!JUPYTERHUB_|JPY_|KUBERNETES_|LD_|MEM_LIMIT$|MEM_GUARANTEE$|CPU_LIMIT$|CPU_GUARANTEE$|HOME$|PATH$).*",
        "is a variable that the hub, the image or Kubernetes sets; choose another",
    ),
]
"""Name of an environment variable that nobody else sets."""

VariableValue = Annotated[
    Text,
    matching(
        r"(?:[^{}\x00]|\{\{|\}\}|\{(?:username|unescaped_username|servername)\})*",
        "has braces that are no placeholder; the placeholders are {username}, {unescaped_username} and {servername}, "
        "and {{ and }} are plain braces",
    ),
    at_most(4096, "longer values belong into a file"),
]
"""Value of an environment variable, with the placeholders `{username}`, `{unescaped_username}`, `{servername}`."""

Argument = Annotated[
    Line,
    matching(r"(?!.*\$\().*", "has $(, which Kubernetes would replace; put such a command into a script of the image"),
]
"""Word of a command."""

GroupName = Annotated[Line, at_most(255, "the limit of JupyterHub")]
"""Name of a group in the hub, as the sign-in gives it or as it is on the admin page."""
