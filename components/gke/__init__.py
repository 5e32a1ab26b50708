"""What Google Cloud gives to the hub: cluster, network, nodes, address, records, certificate, registry.

Only stacks that ask for it load this package, as loading the Google SDK takes time. The one Google provider comes with
the resource options; `components/gke/connection.py` makes it.
"""
