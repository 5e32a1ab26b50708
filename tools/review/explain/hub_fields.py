"""Effects of a change of `hub.json` on users, by field of `hub.contract.HubConfig`."""

from collections.abc import Mapping
from typing import Final

CALLBACK: Final = "Register the callback URL {new} in the OAuth app, if there is one."
_IMAGES: Final = "The images that users can choose change."
_SIZES: Final = "The sizes that users can choose change."
_USERS: Final = "The users who may sign in, or the admins, change."

HUB_FIELDS: Final[Mapping[str, str]] = {
    "accelerator": "New notebooks with GPUs get the GPU type {new} (before: {old}).",
    "additional_resources": _SIZES,
    "allowed_images": _IMAGES,
    "choices": "The servers that users can choose change.",
    "count_open_tabs": "Open browser tabs count as activity: {new} (before: {old}), for servers that start afterwards.",
    "cpu": _SIZES,
    "database_url": "The hub uses another database: users and tokens of the old one are not in it.",
    "dedicated_nodes": "New notebooks run on nodes for notebooks only: {new} (before: {old}).",
    "default_service_account": "New notebooks run as the ServiceAccount {new} (before: {old}).",
    "environment": "New notebooks have other environment variables.",
    "ephemeral_storage": "New notebooks may store {new} bytes outside of the home (before: {old}).",
    "ephemeral_storage_request": "",  # it only matters to the choice of a node
    "extra_config": "",  # noted with the file
    "free_choice": "Users can choose image and size freely: {new} (before: {old}).",
    "folders": "A folder of new notebooks changes: {item}.",
    "home_size": "Homes have {new} (before: {old}); smaller ones are expanded at the next start, none shrinks.",
    "home_storage_class": "New homes use another StorageClass; existing ones stay as they are.",
    "hub_connect_url": "New notebooks reach the hub at {new}; running ones use {old} until they restart.",
    "idle_minutes": "Idle servers are stopped after {new} minutes (before: {old}; 0 = never).",
    "image": "The spawn form preselects the image {new} (before: {old}).",
    "images": _IMAGES,
    "keep_homes": "Keeping the homes of deleted users changes: {old} → {new}.",
    "max_hours": "Servers are stopped {new} hours after their start, even in use (before: {old}; 0 = never).",
    "memory": _SIZES,
    "notebooks_namespace": "New notebooks run in the namespace {new} (before: {old}).",
    "owner_uid": "",  # noted with the ServiceAccount
    "proxy_api_url": "",  # only the hub uses it
    "remote_repositories": "New servers pull their images through other repositories.",
    "replace_guard": "hub.extraConfig may replace the checks of what people start: {new} (before: {old}).",
    "scratch": "New notebooks have other scratch space.",
    "secret_environment": "New notebooks have other secret environment variables.",
    "service_accounts": "New notebooks of some users run as another ServiceAccount.",
    "shared_memory": "New notebooks have {new} of shared memory (before: {old}; none = 64Mi).",
    "sign_in.admin_users": _USERS,
    "sign_in.allow_all": _USERS,
    "sign_in.allowed_users": _USERS,
    "sign_in.blocked_users": _USERS,
    "sign_in.callback_url": CALLBACK,
    "sign_in.github.organizations": _USERS,
    "sign_in.session_hours": "Users have to sign in again after {new} hours (before: {old}).",
    "sign_in.type": "The sign-in type changes: {old} → {new}.",
    "sign_in": "The sign-in settings change.",
    "start_timeout_seconds": "A server has {new} seconds to start (before: {old}).",
}
"""The first that is the field or contains it counts. Empty: users notice nothing, or there is another note.

Not in the contract itself, which is part of the hub's code: there, another wording would restart the hub.
"""
