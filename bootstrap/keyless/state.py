"""The backend of Pulumi's state, and the key that encrypts the secrets in it."""

from dataclasses import dataclass

import pulumi
from pulumi_gcp import kms, storage

from keyless.settings import Settings


@dataclass(frozen=True, kw_only=True)
class StateArgs:
    """Inputs of `State`."""

    settings: Settings
    """The stack's settings: names, region, protection."""


class State(pulumi.ComponentResource):
    """A bucket with versioning and soft delete, and a KMS key."""

    bucket: pulumi.Output[str]
    """Name of the bucket."""
    key: pulumi.Output[str]
    """Full name of the key."""
    backend: pulumi.Output[str]
    """URL of the backend, for `pulumi login`."""
    secrets_provider: pulumi.Output[str]
    """Secrets provider of stacks: the key encrypts their secrets."""

    def __init__(self, name: str, args: StateArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("jupyterhub:keyless/state:State", name, None, opts)
        settings = args.settings
        protected = pulumi.ResourceOptions(parent=self, protect=settings.protect)
        bucket = storage.Bucket(
            f"{name}-bucket",
            name=settings.bucket,
            location=settings.location.upper(),
            uniform_bucket_level_access=True,
            public_access_prevention="enforced",
            versioning=storage.BucketVersioningArgs(enabled=True),
            soft_delete_policy=storage.BucketSoftDeletePolicyArgs(retention_duration_seconds=30 * 24 * 3600),
            lifecycle_rules=[
                storage.BucketLifecycleRuleArgs(
                    action=storage.BucketLifecycleRuleActionArgs(type="Delete"),
                    condition=storage.BucketLifecycleRuleConditionArgs(num_newer_versions=100, with_state="ARCHIVED"),
                )
            ],
            force_destroy=not settings.protect,
            opts=protected,
        )
        # Key rings cannot be deleted, so an auto-generated name avoids a conflict after a destroy.
        ring = kms.KeyRing(f"{name}-ring", location=settings.location, opts=protected)
        key = kms.CryptoKey(
            f"{name}-key",
            key_ring=ring.id,
            purpose="ENCRYPT_DECRYPT",
            rotation_period=f"{90 * 24 * 3600}s",
            opts=protected,
        )
        self.bucket, self.key = bucket.name, key.id
        self.backend = pulumi.Output.concat("gs://", bucket.name)
        self.secrets_provider = pulumi.Output.concat("gcpkms://", key.id)
        self.register_outputs({"backend": self.backend, "secrets_provider": self.secrets_provider})
