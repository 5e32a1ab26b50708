"""A one-node Kubernetes cluster on this machine, in place of GKE, with the images and the commands of `make`."""
