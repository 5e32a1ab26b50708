"""Choices of hubs in tests."""

from typing import Any

from hub.contract import ACCELERATOR, HubConfig
from hub.contract_choices import Choice, ChoiceImage, ChoiceSize
from tests.hub_configs import HUB_CONFIG

GIB = 2**30


def size(name: str, cpu: float, gib: int, **others: object) -> ChoiceSize:
    """Return a size with a GiB number, and equal guarantees and limits."""
    amounts: dict[str, Any] = {
        "cpu": cpu,
        "cpu_limit": cpu,
        "memory": gib * GIB,
        "memory_limit": gib * GIB,
        "additional_resources": {},
        "node_selector": {},
    }
    return ChoiceSize.model_validate({"name": name, "title": "", **amounts, **others})


def choice(name: str, *sizes: ChoiceSize, **others: object) -> Choice:
    """Return a choice for everybody, with the hub's default image."""
    values: dict[str, Any] = {
        "title": name.capitalize(),
        "description": "",
        "images": [ChoiceImage(image=HUB_CONFIG.image, title="Standard")],
        "sizes": sizes or (size(name, 1, 2),),
        "default_url": None,
        "command": (),
        "home_path": None,
        "environment": {},
        "folders": None,
        "max_hours": None,
        "users": (),
        "groups": (),
    }
    return Choice.model_validate({"name": name, **values, **others})


SMALL = choice("small", size("small", 0.5, 2, cpu_limit=2), description="For courses")
RSTUDIO = choice(
    "rstudio",
    size("medium", 2, 8, title="Medium"),
    size("large", 4, 16, title="Large", node_selector={"pool": "large"}),
    title="RStudio",
    images=[
        ChoiceImage(image="rocker/binder:4.4", title="R 4.4"),
        ChoiceImage(image="rocker/binder:4.3", title="R 4.3"),
    ],
    default_url="/rstudio",
    command=("jupyterhub-singleuser", "--debug"),
    home_path="/home/rstudio",
    environment={"GREETING": "{username}"},
)
GPU = choice(
    "gpu",
    size("gpu", 8, 60, additional_resources={"nvidia.com/gpu": 1}, node_selector={ACCELERATOR: "nvidia-l4"}),
    title="One L4",
    images=[ChoiceImage(image="quay.io/jupyter/pytorch-notebook:cuda12", title="PyTorch")],
    max_hours=8,
    users=("ada",),
    groups=("physics:ml",),
)

WITH_CHOICES: HubConfig = HUB_CONFIG.model_copy(update={"choices": (SMALL, RSTUDIO, GPU)})
"""A hub with a choice for everybody, one with images and sizes, and one for some."""

WITH_FREE: HubConfig = WITH_CHOICES.model_copy(update={"free_choice": True})
"""The same, with the free form as the last entry."""
