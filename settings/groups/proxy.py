"""Keys `proxy.*`."""

from typing import Annotated

from pydantic import Field

from settings.types.images import ImageReference
from settings.types.model import Model, over
from settings.types.placement import PodOptions
from settings.types.sizes import Limits, Requests, Resources
from settings.types.traffic import Destination

_PROXY_RESOURCES = Resources(requests=Requests(cpu="50m", memory="96Mi"), limits=Limits(memory="256Mi"))
_REPORTS = {"namespace": "reports", "ports": [8080]}


class ProxySettings(Model):
    """The pod of the proxy, which routes all requests to the hub and to notebook servers."""

    image: Annotated[ImageReference, Field(validate_default=False)] = ""
    """Image of the proxy (configurable-http-proxy), such as `registry.example.org/proxy:1.0.0`. Required unless
    `images.repository` is set."""
    resources: Annotated[Resources, over(_PROXY_RESOURCES)] = _PROXY_RESOURCES
    """CPU and memory of the proxy. Omitted parts keep their defaults."""
    pod: PodOptions = PodOptions()
    """Placement, labels and evictions of the proxy's pod."""
    egress: Annotated[tuple[Destination, ...], Field(examples=[[_REPORTS]])] = ()
    """Further destinations of the proxy's connections, with `network.policies`: services of `hub.extraConfig` that have
    a `url` in the cluster. The hub connects to them too, so they also belong to `hub.egress`."""
