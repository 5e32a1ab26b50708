"""Effects of a change of `hub.json` on users, by field of `hub.contract.HubConfig`."""

from collections.abc import Mapping
from typing import Final

CALLBACK: Final = "Register the callback URL {new} in the OAuth app, if there is one."
_IMAGES: Final = "The images that users can choose change."
_SIZES: Final = "The sizes that users can choose change."
_USERNAME_CLAIM: Final = (
    "User names come from the claim {new} (before: {old}): people whose name is another one get a new, empty home."
)
_USERS: Final = "The users who may sign in, or the admins, change."

HUB_FIELDS: Final[Mapping[str, str]] = {
    "active_servers": "At most {new} servers run at the same time (before: {old}; 0: no limit).",
    "accelerator": "New notebooks with GPUs get the GPU type {new} (before: {old}).",
    "additional_resources": _SIZES,
    "allowed_images": _IMAGES,
    "base_url": "All URLs of the hub and of notebooks begin with {new} (before: {old}): older links do not work, and "
    "running servers have to be started again.",
    "concurrent_starts": "At most {new} servers start at the same time (before: {old}; 0: no limit).",
    "content.files": "New servers have other files of the stack.",
    "content.files_config_map": "",  # goes with the files
    "content.start_script": "The script that runs before servers changes, for servers that start afterwards.",
    "content.kernel_idle_minutes": "Idle kernels in new servers stop after {new} minutes (before: {old}; 0: never).",
    "content.repositories": "New servers pull other repositories into the home. Folders that are there stay.",
    "content": "",  # each part has its note
    "choices": "The servers that users can choose change.",
    "count_open_tabs": "Open browser tabs count as activity: {new} (before: {old}), for servers that start afterwards.",
    "cpu": _SIZES,
    "database_url": "The hub uses another database: users and tokens of the old one are not in it.",
    "default_service_account": "New notebooks run as the ServiceAccount {new} (before: {old}).",
    "environment": "New notebooks have other environment variables.",
    "ephemeral_storage": "New notebooks may store {new} bytes outside of the home (before: {old}).",
    "ephemeral_storage_request": "",  # it only matters to the choice of a node
    "extra_config": "",  # noted with the file
    "free_choice": "Users can choose image and size freely: {new} (before: {old}).",
    "folders": "A folder of new notebooks changes: {item}.",
    "groups": "Members of a group change: {item}.",
    "home_size": "Homes have {new} (before: {old}); smaller ones are expanded at the next start, none shrinks.",
    "home_storage_class": "New homes use another StorageClass; existing ones stay as they are.",
    "hub_connect_url": "New notebooks reach the hub at {new}; running ones use {old} until they restart.",
    "idle_minutes": "Idle servers are stopped after {new} minutes (before: {old}; 0 = never).",
    "image": "The spawn form preselects the image {new} (before: {old}).",
    "images": _IMAGES,
    "keep_homes": "Keeping the homes of deleted users changes: {old} → {new}.",
    "max_hours": "Servers are stopped {new} hours after their start, even in use (before: {old}; 0 = never).",
    "memory": _SIZES,
    "monitoring.usage": "The metrics have the usage of {new} (before: {old}).",
    "monitoring": "",  # only operators see metrics and logs
    "named_servers.limit": "Users can have {new} further servers (before: {old}).",
    "named_servers.on_one_node": "",  # goes with shares_home
    "named_servers.shares_home": "New named servers share the home of the default one: {new} (before: {old}). Own "
    "homes stay as they are.",
    "named_servers": "",
    "notebooks_namespace": "New notebooks run in the namespace {new} (before: {old}).",
    "owner_uid": "",  # noted with the ServiceAccount
    "pages.css": "The pages look different.",
    "pages.help": "The pages name another address for help: {new} (before: {old}).",
    "pages.logo": "The pages have another logo.",
    "pages.organization": "The pages name the organization {new} (before: {old}).",
    "pages.organization_url": "",  # goes with the name
    "pages.terms": "Everybody has to accept the new terms of use before the next start of a server.",
    "pages": "",
    "pod.annotations": "New servers have other annotations.",
    "pod.command": "New servers start with another command.",
    "pod.default_url": "Started servers show {new} (before: {old}).",
    "pod.group": "New servers run as the group {new} (before: {old}), which also gets the files of their homes.",
    "pod.home_path": "New servers have the home at {new} (before: {old}). Absolute paths in own files may break.",
    "pod.image_pull_policy": "",  # nobody notices but the registry
    "pod.image_pull_secrets": "New servers pull their images with other Secrets.",
    "pod.labels": "New servers have other labels.",
    "pod.memory_limit_percent": "The memory limit of new servers is {new} % of the chosen memory (before: {old} %).",
    "pod.node_selector": "New servers run on other nodes.",
    "pod.tolerations": "",  # goes with the nodes
    "pod.user": "New servers run as the user {new} (before: {old}). Private files of homes stay closed.",
    "pod": "",
    "proxy_api_url": "",  # only the hub uses it
    "remote_repositories": "New servers pull their images through other repositories.",
    "replace_guard": "hub.extraConfig may replace the checks of what people start: {new} (before: {old}).",
    "roles": "A role of the hub's API changes: {item}.",
    "services": "A service of the hub changes: {item}.",
    "spare": "The hours or numbers of the spare capacity change.",
    "sharing": "Users may share their servers with others: {new} (before: {old}).",
    "scratch": "New notebooks have other scratch space.",
    "secret_environment": "New notebooks have other secret environment variables.",
    "service_accounts": "New notebooks of some users run as another ServiceAccount.",
    "shared_memory": "New notebooks have {new} of shared memory (before: {old}; none = 64Mi).",
    "sign_in.admin_users": _USERS,
    "sign_in.allow_all": _USERS,
    "sign_in.allowed_users": _USERS,
    "sign_in.auto_login": "The first page leads to the sign-in provider at once: {new} (before: {old}).",
    "sign_in.blocked_users": _USERS,
    "sign_in.callback_url": CALLBACK,
    "sign_in.github.admin_teams": _USERS,
    "sign_in.github.groups": "The hub asks GitHub for other organizations and teams.",
    "sign_in.github.organizations": _USERS,
    "sign_in.oidc.admin_groups": _USERS,
    "sign_in.oidc.allow_all": _USERS,
    "sign_in.oidc.allowed_groups": _USERS,
    "sign_in.oidc.hosted_domains": _USERS,
    "sign_in.oidc.logout_at_provider": "Signing out of the hub also signs out at the provider: {new} (before: {old}).",
    "sign_in.oidc.strip_domain": "User names change: people whose name is another one get a new, empty home.",
    "sign_in.oidc.username_claim": _USERNAME_CLAIM,
    "sign_in.oidc": "The settings of OpenID Connect change.",
    "sign_in.lti.admin_roles": _USERS,
    "sign_in.lti.deployment_ids": _USERS,
    "sign_in.lti.username_claim": _USERNAME_CLAIM,
    "sign_in.lti": "The settings of LTI change.",
    "sign_in.session_hours": "Users have to sign in again after {new} hours (before: {old}).",
    "sign_in.type": "The sign-in type changes: {old} → {new}.",
    "sign_in_token": "Servers can ask the hub for the token of their user's sign-in: {new} (before: {old}).",
    "sign_in": "The sign-in settings change.",
    "start_timeout_seconds": "A server has {new} seconds to start (before: {old}).",
}
"""The first that is the field or contains it counts. Empty: users notice nothing, or there is another note.

Not in the contract itself, which is part of the hub's code: there, another wording would restart the hub.
"""
