"""What Google Cloud gives to the hub: cluster, network, nodes, address, records, certificate, registry.

The Google SDK takes seconds to load, and loads each of its modules when something of it is first used. So that stacks
without Google do not wait, nothing of it is used while these modules load: its types in annotations are quoted.

The one Google provider comes with the resource options; `components/cluster/` makes it.
"""
