"""Alert rules of a hub, in the form that Prometheus, its operator and Google's managed service share."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from hub.contract_monitoring import CERTIFICATE_END, PROBLEM, STARTS, VOLUME, VOLUME_FREE

_DAY: Final = 86_400
LEAST_DAYS: Final = 14
"""Days before the end of the certificate. Let's Encrypt's are renewed 30 days before."""
LEAST_FREE: Final = 0.15
"""Fraction of the database's volume that is free."""
LONGEST_START: Final = 300
"""Seconds in which nine of ten starts end."""
MOST_ERRORS: Final = 0.3
"""Fraction of the starts that fail."""
LEAST_STARTS: Final = 3
"""Starts in half an hour, failed or slow ones, below which nothing is said: one person may have chosen an image that
does not work, or the only GPU node."""

Rule = dict[str, Any]


def groups(name: str, namespace: str, *, has_volume: bool, has_certificate: bool) -> list[dict[str, Any]]:
    """Return the groups of rules of a hub.

    Args:
        name: Name of the hub, and of what reads its metrics.
        namespace: Namespace of the hub.
        has_volume: Whether the database is on a volume of the hub.
        has_certificate: Whether its URL is https.
    """
    rules = [*_of_hub(name, namespace), *_of_starts(name, namespace)]
    if has_volume:
        rules.append(_database(namespace))
    if has_certificate:
        rules.append(_certificate(namespace))
    for rule in rules:
        # Alertmanager routes by it, and most expressions lose it.
        rule["labels"]["namespace"] = namespace
    return [{"name": f"{namespace}-{name}", "interval": "30s", "rules": rules}]


def _of_hub(name: str, namespace: str) -> Iterator[Rule]:
    # The job is the name of the object of Google's service, and with the operator its namespace is in front.
    yield _rule(
        "JupyterHubDown",
        f'absent(up{{namespace="{namespace}",job=~"(.+/)?{name}"}} == 1)',
        minutes=5,
        severity="critical",
        summary="The hub or its database does not answer. Running servers go on, but nobody can sign in or start one.",
        advice=f"Look at its pod and its log: kubectl --namespace {namespace} describe pod {name}-0",
    )
    yield _rule(
        "JupyterHubUnhealthy",
        f'max by (check) ({PROBLEM}{{namespace="{namespace}"}}) > 0',
        minutes=5,
        severity="critical",
        summary="A check of the hub fails: {{ $labels.check }}.",
        advice=f"The log has the reason: kubectl --namespace {namespace} logs {name}-0 | grep Health:",
    )


def _of_starts(name: str, namespace: str) -> Iterator[Rule]:
    def selected(part: str, status: str) -> str:
        return f'{STARTS}_{part}{{namespace="{namespace}",status=~"{status}"}}[30m]'

    def count(status: str) -> str:
        return f"sum(increase({selected('count', status)}))"

    yield _rule(
        "JupyterHubStartsFail",
        f"{count('error')} / {count('success|error')} > {MOST_ERRORS} and {count('error')} >= {LEAST_STARTS}",
        minutes=5,
        severity="warning",
        summary="{{ $value | humanizePercentage }} of the starts of servers fail.",
        advice=f"The log of the hub has the reasons: kubectl --namespace {namespace} logs {name}-0",
    )
    quantile = f"histogram_quantile(0.9, sum by (le) (rate({selected('bucket', 'success')})))"
    yield _rule(
        "JupyterHubStartsSlow",
        f"{quantile} > {LONGEST_START} and {count('success')} >= {LEAST_STARTS}",
        minutes=10,
        severity="warning",
        summary="People wait {{ $value | humanizeDuration }} for their servers.",
        advice=f"Nodes are missing, or images are large: kubectl --namespace {namespace}-notebooks get events",
    )


def _database(namespace: str) -> Rule:
    free, size = (f'{metric}{{namespace="{namespace}"}}' for metric in (VOLUME_FREE, VOLUME))
    return _rule(
        "JupyterHubDatabaseNearlyFull",
        f"{free} / {size} < {LEAST_FREE}",
        minutes=15,
        severity="warning",
        summary="{{ $value | humanizePercentage }} of the volume of the hub's database is free.",
        advice="Enlarge it: pulumi config set --path '[\"hub.storage\"].size' SIZE",
    )


def _certificate(namespace: str) -> Rule:
    return _rule(
        "JupyterHubCertificateEnds",
        f'{CERTIFICATE_END}{{namespace="{namespace}"}} - time() < {LEAST_DAYS * _DAY}',
        minutes=60,
        severity="warning",
        summary="The certificate of the hub ends in {{ $value | humanizeDuration }}, and was not renewed.",
        advice="Renew it: endpoint.tlsSecret or endpoint.tlsCertificate. cert-manager renews its own, and Google that "
        "of a gateway, while the DNS records lead to them.",
    )


def _rule(name: str, expression: str, *, minutes: int, severity: str, summary: str, advice: str) -> Rule:  # noqa: PLR0913 a rule has these parts
    return {
        "alert": name,
        "expr": expression,
        "for": f"{minutes}m",
        "labels": {"severity": severity},
        "annotations": {"summary": summary, "description": advice},
    }


def names(of: Sequence[dict[str, Any]]) -> list[str]:
    """Return the names of the alerts in groups of rules."""
    return [rule["alert"] for group in of for rule in group["rules"]]
