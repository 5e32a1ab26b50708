from kubespawner.spawner import KubeSpawner as KubeSpawner

__version__: str
