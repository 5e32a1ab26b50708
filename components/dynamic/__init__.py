"""Dynamic resources: the Python of their providers runs in a process of its own, which Pulumi starts.

Pulumi writes a pickle of the provider into the state of each resource. As these classes can be imported, the pickle
holds a name and no code: it is the same for every version of the code and of Python. So the module and the name of a
provider's class must not change after a release, and an instance must hold nothing.

In the plugin of the component package (provider/), the same providers serve resources of that plugin.
"""
