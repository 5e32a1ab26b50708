"""The DNS records of the hub, in a zone of Cloud DNS."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import pulumi
from pulumi_gcp import dns

from components.endpoint import DnsRecord

_TTL: Final = 300
"""Seconds for which the world may remember a record."""


@dataclass(frozen=True, kw_only=True)
class RecordArgs:
    """A record to make.

    Its parts are on their own, as a name that waits for the address is another record to Pulumi when that changes.
    """

    name: pulumi.Input[str]
    """Whose record it is, with a dot at the end."""
    type: pulumi.Input[str]
    """Such as `A` or `CNAME`."""
    data: pulumi.Input[str]
    """What it says."""

    def whole(self) -> pulumi.Output[DnsRecord]:
        """The record, once all of it is known."""
        return pulumi.Output.all(name=self.name, type=self.type, data=self.data).apply(
            lambda parts: DnsRecord(name=parts["name"], type=parts["type"], data=parts["data"])
        )


@dataclass(frozen=True, kw_only=True)
class RecordsArgs:
    """Inputs of `Records`."""

    zone: str
    """Name of the managed zone."""
    records: Mapping[str, RecordArgs]
    """The records, by what they are for."""


class Records(pulumi.ComponentResource):
    """Records of the hub's host name."""

    def __init__(self, name: str, args: RecordsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("jupyterhub:gke/records:Records", name, None, opts)
        made = [
            dns.RecordSet(
                f"{name}-{purpose}",
                managed_zone=args.zone,
                name=record.name,
                type=record.type,
                ttl=_TTL,
                rrdatas=[record.data],
                opts=pulumi.ResourceOptions(parent=self),
            )
            for purpose, record in args.records.items()
        ]
        self.register_outputs({"names": [record.name for record in made]})
