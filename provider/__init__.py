"""The hub as a component package, `jupyterhub`, for Pulumi programs in any language.

`pulumi package add` installs this folder as a plugin. Pulumi makes the SDKs from `schema.json`, which is generated from
the settings: `make schema`.
"""
