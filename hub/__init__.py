"""JupyterHub's configuration file, and its modules, as they run in the hub pod."""
