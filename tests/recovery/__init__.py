"""The engine on synthetic plans: no network, no sleeping, an injected clock."""
