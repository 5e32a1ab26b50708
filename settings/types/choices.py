"""Named types for the choices of the spawn page: names, groups, and labels of nodes."""

from typing import Annotated, Final

from settings.types.names import LABEL
from settings.types.text import Line, Text, at_most, matching

_NAME: Final = r"[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?"
_DOMAIN: Final = rf"(?=[^/]{{1,253}}/){LABEL}(?:\.{LABEL})*"

ChoiceName = Annotated[
    Text,
    matching(
        r"(?!free$)[a-z0-9](?:[-a-z0-9]{0,38}[a-z0-9])?",
        "is not a name for links and records: at most 40 lower-case letters, digits and '-', such as large; free is "
        "reserved",
    ),
]
"""Name in links (`/hub/spawn?choice=<name>`) and in the hub's database: at most 40 characters; `free` is reserved."""

NodeLabelKey = Annotated[
    Text,
    matching(
        rf"(?:{_DOMAIN}/)?{_NAME}", "is not the key of a label of nodes, such as node.kubernetes.io/instance-type"
    ),
]
"""Key of a label of nodes, which may belong to Kubernetes or the cloud."""

NodeLabelValue = Annotated[
    Text, matching(rf"(?:{_NAME})?", "is not the value of a label: at most 63 letters, digits, '-', '_' and '.'")
]
"""Value of a label of nodes."""

GroupName = Annotated[Line, at_most(255, "the limit of JupyterHub")]
"""Name of a group in the hub, as the sign-in gives it or as it is on the admin page."""
