"""How an SQL Server instance is named in questions and findings."""

from __future__ import annotations

from app.deployment.topology import Store


def instance_name(store: Store) -> str:
    """Return ``server\\instance``, or the server alone for the default instance; lower case."""
    return joined(store.server, store.instance)


def joined(server: str, instance: str) -> str:
    """Return ``server\\instance``, or the server alone for the default instance; lower case."""
    return f"{server}\\{instance}".rstrip("\\").lower()
