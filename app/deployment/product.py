"""Which product a deployment runs, and what depends on it (formats 1.4, preconditions Q-06, S-05)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """One product generation."""

    name: str
    service_version: int | None
    """ServiceVersion of topology documents; None where it is not known."""
    build: str
    """Base build, such as ``5.0.8308``; empty where it is not known."""
    folder: str
    """Folder below Program Files."""
    module: str
    """PowerShell module of the management shell."""


LYNC_2013 = Product(
    name="Lync Server 2013", service_version=6, build="5.0.8308", folder="Microsoft Lync Server 2013", module="Lync"
)
_KNOWN = (
    Product(
        name="Lync Server 2010", service_version=5, build="4.0.7577", folder="Microsoft Lync Server 2010", module="Lync"
    ),
    LYNC_2013,
    Product(
        name="Skype for Business Server 2015",
        service_version=7,
        build="6.0.9319",
        folder="Skype for Business Server 2015",
        module="SkypeForBusiness",
    ),
    Product(
        name="Skype for Business Server 2019",
        service_version=8,
        build="7.0.2046",
        folder="Skype for Business Server 2019",
        module="SkypeForBusiness",
    ),
)


def product_of(service_version: int | None) -> Product:
    """Return the product of a ServiceVersion; an unknown number is "newer than known", never a failure."""
    for product in _KNOWN:
        if product.service_version == service_version:
            return product
    name = "unknown product" if service_version is None else f"unknown product (ServiceVersion {service_version})"
    return Product(name=name, service_version=service_version, build="", folder="", module="SkypeForBusiness")
