"""Named types for secrets, which are set with `pulumi config set --secret`.

No message repeats such a value, and `repr` hides it.
"""

import re
from collections.abc import Mapping
from typing import Annotated, Any, cast, get_args

from pydantic import AfterValidator, Field, SecretStr
from pydantic.fields import FieldInfo

_VARIABLE = re.compile(r"[A-Z][A-Z0-9_]*")
_OURS = re.compile(r"(?:CONFIGPROXY|JPY|JUPYTERHUB|KUBERNETES|PYTHON|LD)_.*|PATH|HOME|PYTHON.*")

SEALED = SecretStr("postgresql://sealed:sealed@sealed.invalid/sealed")
"""Placeholder of a secret that is set, but that only Pulumi can decrypt. It passes every check."""


def _secret(value: SecretStr) -> SecretStr:
    text = value.get_secret_value()
    if text != text.strip() or not text.isprintable():
        msg = "has spaces or a line end around it, or a control character in it; copy it again without them"
        raise ValueError(msg)
    return value


def _secret_text(value: SecretStr) -> SecretStr:
    lines = value.get_secret_value().splitlines()
    if len(lines) < 2:
        return _secret(value)
    if not all(line.replace("\t", " ").isprintable() for line in lines):
        msg = "has a control character in it; copy it again without it"
        raise ValueError(msg)
    return value


def _at_least(length: int) -> AfterValidator:
    def check(value: SecretStr) -> SecretStr:
        if len(value.get_secret_value()) < length:
            msg = f"is too short; JupyterHub wants at least {length} characters"
            raise ValueError(msg)
        return value

    return AfterValidator(check)


def _variable(name: str) -> str:
    if _VARIABLE.fullmatch(name) is None:
        msg = "is not the name of an environment variable: capital letters, digits and '_', such as OAUTH_CLIENT_SECRET"
        raise ValueError(msg)
    if is_ours(name):
        msg = "is set by this stack itself, or by Python or Kubernetes; choose another variable"
        raise ValueError(msg)
    return name


Secret = Annotated[SecretStr, AfterValidator(_secret)]
"""Secret text in one line."""

SecretText = Annotated[SecretStr, AfterValidator(_secret_text)]
"""Secret text in one line, or in several lines with their line ends, such as a private key in PEM."""

UserPassword = Annotated[Secret, _at_least(8)]
"""Shared password of users: at least 8 characters, the minimum of JupyterHub."""

AdminPassword = Annotated[Secret, _at_least(32)]
"""Password of admins: at least 32 characters, the minimum of JupyterHub."""

VariableName = Annotated[str, Field(max_length=100), AfterValidator(_variable)]
"""Name of an environment variable of the hub's pod that this project does not set itself."""


def is_ours(variable: str) -> bool:
    """Return whether the hub's pod has an environment variable from this project, Python or Kubernetes."""
    return _OURS.fullmatch(variable) is not None


def is_sealed(value: object) -> bool:
    """Return whether a value of a stack file is encrypted, as Pulumi decides it: `secure: true` is an ordinary map."""
    if not (isinstance(value, Mapping) and set(cast("Mapping[object, object]", value)) == {"secure"}):
        return False
    content = cast("Mapping[object, object]", value)["secure"]
    return isinstance(content, str) and content not in {"true", "false"}


def has_sealed(value: object) -> bool:
    """Return whether a value of a stack file, or a part of it at any depth, is encrypted."""
    rest, seen = [value], set[int]()
    while rest:
        part = rest.pop()
        if is_sealed(part):
            return True
        if isinstance(part, Mapping | list) and id(cast("object", part)) not in seen:
            seen.add(id(cast("object", part)))
            rest += cast("Mapping[object, object]", part).values() if isinstance(part, Mapping) else part
    return False


def is_secret(field: FieldInfo) -> bool:
    """Return whether a setting has to be encrypted."""
    return _mentions_secret(field.annotation)


def _mentions_secret(annotation: Any) -> bool:  # noqa: ANN401 an annotation has no type of its own
    return annotation is SecretStr or any(_mentions_secret(argument) for argument in get_args(annotation))
