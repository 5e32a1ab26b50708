"""Filestore for homes: shares of instances that GKE's CSI driver creates (multishare, enterprise tier).

Source, as of April 2026: https://docs.cloud.google.com/filestore/docs/multishares. The driver refuses a size that is no
whole number of GiB (kubernetes-sigs/gcp-filestore-csi-driver, pkg/csi_driver/multishare_controller.go).
"""

from typing import Final

from hub.quantity import parse

LEAST: Final = "10Gi"
"""The smallest share."""

LIMITS: Final = ("128Gi", "256Gi", "512Gi", "1Ti")
"""Maximum sizes of the shares of an instance, which has room for 80, 40, 20 or 10 such shares, and 10Ti in all."""

_STEP: Final = parse("1Gi")


def limit_of(size: str) -> str | None:
    """Return the lowest of `LIMITS` for shares of a size; none = there is no such share.

    The lower the limit, the more shares are on an instance, of which each costs as much as 1Ti at least.
    """
    wanted = parse(size)
    if wanted < parse(LEAST) or wanted % _STEP:
        return None
    return next((limit for limit in LIMITS if wanted <= parse(limit)), None)
