"""Translation of a `values.yaml` of JupyterHub's Helm chart (zero-to-jupyterhub) into a stack file.

`values` reads files as Helm does, `canonical` gives each setting one name, the modules of `translate/` turn them into
settings of a `Plan`, and `output` writes stack file and report.
"""
