"""Retries of requests to an API that was enabled a moment ago: Google's servers learn of it one after the other."""

import asyncio
from typing import Final

import pulumi

_SECONDS: Final = 10
"""Seconds between two attempts."""
_ATTEMPTS: Final = 30
"""Attempts, after which the API counts as disabled: five minutes."""
_REASONS: Final = ("SERVICE_DISABLED", "accessNotConfigured", "has not been used in project")
"""Parts of the error. Source: https://cloud.google.com/service-usage/docs/enable-disable (2026-11); the second is of
older APIs, such as that of Compute Engine."""


def retry_new_apis() -> None:
    """Retry the operations of all Google Cloud resources of the program that are created after this call.

    Enabling an API itself is not retried: the Service Usage API is enabled in each project.
    """
    hook = pulumi.ResourceOptions(hooks=pulumi.ResourceHookBinding(on_error=[pulumi.ErrorHook("new-apis", retries)]))

    def with_hook(args: pulumi.ResourceTransformationArgs) -> pulumi.ResourceTransformationResult | None:
        if not args.type_.startswith("gcp:") or args.type_.startswith("gcp:projects/service:"):
            return None
        return pulumi.ResourceTransformationResult(args.props, pulumi.ResourceOptions.merge(args.opts, hook))

    pulumi.runtime.register_stack_transformation(with_hook)


async def retries(args: pulumi.ErrorHookArgs) -> bool:
    """Wait, and return whether an operation is to be retried."""
    if not any(reason in args.errors[0] for reason in _REASONS) or len(args.errors) >= _ATTEMPTS:
        return False
    if len(args.errors) == 1:
        pulumi.info(f"{args.name}: Google has not enabled the API everywhere yet. Trying again for five minutes")
    await asyncio.sleep(_SECONDS)
    return True
