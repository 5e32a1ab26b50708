"""Named types for environment variables of notebook servers."""

import re
from typing import Annotated, Final

from pydantic import AfterValidator, Field

from hub.contract import PERSON_FIELDS
from settings.types.spelling import nearest
from settings.types.text import Check, Text

_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_OURS: Final = re.compile(
    r"(?:JUPYTERHUB|JPY)_.*|JUPYTER_(?:RUNTIME_DIR|IMAGE|IMAGE_SPEC)|(?:CPU|MEM)_(?:LIMIT|GUARANTEE)|KUBERNETES_.*"
)
_LONGEST: Final = 8192
"""Maximum length of a value; Linux takes 131072 bytes."""
_IN_BRACES: Final = re.compile(r"\{([A-Za-z_]+)\}")


def _variable(name: str) -> str:
    if _NAME.fullmatch(name) is None:
        msg = "is not the name of an environment variable: letters, digits and '_', no digit first, such as MLFLOW_URI"
        raise ValueError(msg)
    if _OURS.fullmatch(name):
        msg = "is set by JupyterHub, Kubernetes or this program; choose another variable"
        raise ValueError(msg)
    return name


def _value(text: str) -> str:
    if len(text) > _LONGEST:
        msg = f"has more than {_LONGEST} characters"
        raise ValueError(msg)
    if not re.sub(r"[\n\t]", " ", text).isprintable():
        msg = "has a control character in it; remove it"
        raise ValueError(msg)
    for name in _IN_BRACES.findall(text):
        if name not in PERSON_FIELDS:
            meant = nearest(name, PERSON_FIELDS)
            hint = f"did you mean {{{meant}}}?" if meant else f"known are {', '.join(map(_braced, PERSON_FIELDS))}"
            msg = f"has an unknown field {{{name}}}; {hint}"
            raise ValueError(msg)
    return text


def _braced(name: str) -> str:
    return f"{{{name}}}"


NotebookVariable = Annotated[str, Field(max_length=100), AfterValidator(_variable)]
"""Name of an environment variable of notebook servers that nothing else sets."""

NotebookValue = Annotated[Text, Check(_value, {"maxLength": _LONGEST})]
"""Value of an environment variable. A name in braces is one of `PERSON_FIELDS`; other braces are text."""
