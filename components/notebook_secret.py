"""The Secret with environment variables of notebook servers."""

from dataclasses import dataclass

import pulumi
from pulumi_kubernetes.core import v1 as core
from pulumi_kubernetes.meta import v1 as meta

from components.metadata import labels
from hub.contract import SecretKey
from settings import Settings


def secret_keys(settings: Settings) -> dict[str, SecretKey]:
    """Return the secret environment variables of notebook servers, each with its place."""
    name = _name(settings)
    return {variable: SecretKey(secret=name, key=variable) for variable in sorted(settings.notebook.secret_environment)}


def _name(settings: Settings) -> str:
    return f"{settings.name}-environment"


@dataclass(frozen=True, kw_only=True)
class NotebookSecretArgs:
    """Inputs of `NotebookSecret`."""

    settings: Settings
    """The stack's settings: name, and the variables."""
    namespace: pulumi.Input[str]
    """Namespace of the notebooks."""


class NotebookSecret(pulumi.ComponentResource):
    """A Secret in the notebooks' namespace, with a variable under each key.

    Its name is fixed: another value restarts nothing, and servers that start afterwards have it.
    """

    secret_name: pulumi.Output[str]
    """Name of the Secret."""

    def __init__(self, name: str, args: NotebookSecretArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("jupyterhub:notebook_secret:NotebookSecret", name, None, opts)
        settings = args.settings
        secret = core.Secret(
            f"{name}-environment",
            metadata=meta.ObjectMetaArgs(
                name=_name(settings), namespace=args.namespace, labels=labels(settings, "notebooks")
            ),
            string_data={
                variable: pulumi.Output.secret(value.get_secret_value())
                for variable, value in settings.notebook.secret_environment.items()
            },
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.secret_name = secret.metadata.name
        self.register_outputs({"secret_name": self.secret_name})
