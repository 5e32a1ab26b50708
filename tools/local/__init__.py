"""The local stand-in for GKE: pinned tools, a one-node Kubernetes cluster and the images, on this machine."""
