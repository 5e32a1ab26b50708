"""Test doubles: a recording Pulumi monitor, and stand-ins for Google Cloud, GitHub, IAP and PostgreSQL."""
