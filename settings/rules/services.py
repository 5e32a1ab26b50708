"""Rules of `hub.services`, `hub.roles` and `hub.groups`."""

from collections.abc import Iterator

from settings.groups.auth import AuthSettings
from settings.groups.hub import HubSettings
from settings.groups.services import Service


def service_errors(hub: HubSettings) -> list[str]:
    """Report services that are there twice, can do nothing, or have settings without effect."""
    errors = _repeated("hub.services", [service.name for service in hub.services])
    in_roles = {name for role in hub.roles for name in role.services}
    for index, service in enumerate(hub.services):
        place = f"hub.services[{index}]"
        if not service.has_page:
            errors += [
                f"{place}.{key}: has no effect without url or redirectUrl; set one of them, or remove it"
                for key in _without_page(service)
            ]
            if not service.scopes and service.name not in in_roles:
                errors.append(
                    f"{place}.scopes: is empty, so its token may do nothing; set scopes, name it in the services of a "
                    "role, or set url or redirectUrl"
                )
    return errors


def _without_page(service: Service) -> Iterator[str]:
    """Yield the keys that matter only to services that people sign in to."""
    if service.skip_consent:
        yield "skipConsent"
    if service.sign_in_scopes:
        yield "signInScopes"
    if service.from_notebooks:
        yield "fromNotebooks"
    yield from (key for key in ("users", "organizations", "groups") if getattr(service, key))


def role_errors(hub: HubSettings) -> list[str]:
    """Report roles that are there twice, nobody has, or name unknown services."""
    errors = _repeated("hub.roles", [role.name for role in hub.roles])
    known = {service.name for service in hub.services}
    there_are = f"there are: {', '.join(sorted(known))}" if known else "it has none"
    for index, role in enumerate(hub.roles):
        place = f"hub.roles[{index}]"
        if not role.scopes:
            errors.append(f"{place}.scopes: is empty, so the role has no effect; add scopes, or remove it")
        members = [key for key in ("users", "organizations", "groups", "services") if getattr(role, key)]
        if role.is_of_all:
            errors += [f"{place}.{key}: has no effect, as all have the role {role.name}; remove it" for key in members]
        elif not members:
            errors.append(f"{place}: is for nobody; set users, organizations, groups or services, or remove it")
        errors += [
            f"{place}.services[{position}]: is no name in hub.services; {there_are}"
            for position, name in enumerate(role.services)
            if name not in known
        ]
    return errors


def group_errors(hub: HubSettings, auth: AuthSettings) -> list[str]:
    """Report groups that the sign-in has in its hand."""
    reasons = {
        "github": "whose groups are organizations and teams",
        "oidc": "whose groups are those of the provider",
    }
    if not hub.groups or auth.type not in reasons:
        return []
    reason = reasons[auth.type]
    return [f"hub.groups: has no effect with auth.type {auth.type}, {reason}; remove it: pulumi config rm hub.groups"]


def namespace_errors(hub: HubSettings, namespace: str) -> list[str]:
    """Report tokens in the namespace in which notebook pods could mount them."""
    return [
        f"hub.services[{index}].namespace: has the pods of notebooks, which must not read the token; run the service "
        "in another namespace"
        for index, service in enumerate(hub.services)
        if service.namespace == f"{namespace}-notebooks"
    ]


def _repeated(place: str, names: list[str]) -> list[str]:
    return [
        f"{place}[{index}].name: is also the name of {place}[{names.index(name)}]; choose another"
        for index, name in enumerate(names)
        if name in names[:index]
    ]
