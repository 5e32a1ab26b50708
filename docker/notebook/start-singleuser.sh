#!/bin/sh
# The command that the hub gives to every notebook pod. All but the arguments comes from the environment (JUPYTERHUB_*).
exec jupyterhub-singleuser "$@"
