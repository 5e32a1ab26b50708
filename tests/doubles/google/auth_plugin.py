"""A stand-in for `gke-gcloud-auth-plugin`, with the credentials of the cluster that stands in for GKE clusters."""

import json
import os
import sys

from tests.doubles.google.kubeconfig import KUBECONFIG, access

_APPLICATION_DEFAULT = "--use_application_default_credentials"


def main() -> int:
    """Print credentials, as a Kubernetes credential plugin.

    Like a machine after the steps of docs/gke.md, it has application default credentials and no gcloud login.
    """
    if _APPLICATION_DEFAULT not in sys.argv[1:]:
        sys.stderr.write("You do not currently have an active account selected. Please run: gcloud auth login\n")
        return 1
    found = access()
    if found is None:
        sys.stderr.write(f"{KUBECONFIG} names no kubeconfig\n")
        return 1
    request = json.loads(os.environ.get("KUBERNETES_EXEC_INFO") or "{}")
    credential = {
        "kind": "ExecCredential",
        "apiVersion": request.get("apiVersion", "client.authentication.k8s.io/v1beta1"),
        "status": {"clientCertificateData": found.certificate, "clientKeyData": found.key},
    }
    sys.stdout.write(json.dumps(credential))
    return 0


if __name__ == "__main__":
    sys.exit(main())
