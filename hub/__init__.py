"""What runs inside the hub pod: JupyterHub's configuration file and the code that it needs."""
