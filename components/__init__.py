"""The resources of the stack: one component and its args per file, composed by `jupyterhub.py`. None reads config."""
