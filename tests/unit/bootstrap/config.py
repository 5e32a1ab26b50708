"""The smallest config of `bootstrap/`."""

CONFIG = {"project": "foo-123", "location": "europe-west1", "repositoryId": "1234567", "ownerId": "89"}
