from kubespawner.spawner import KubeSpawner as KubeSpawner
