"""The hub as a component package, `jupyterhub`, for Pulumi programs in any language.

`pulumi package add` installs this folder as a plugin. `schema.json`, from which Pulumi makes the SDKs, is generated from
the settings: `make schema`.
"""
