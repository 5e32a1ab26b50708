#!/bin/sh
# The command of every notebook pod. Its configuration is in environment variables (JUPYTERHUB_*).
exec jupyterhub-singleuser "$@"
