"""Which values of the right type settings still may not have: ports, addresses, names of shares, thresholds."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from app.endpoints import is_address, split_endpoint
from app.settings import Settings
from app.settings_decoding import BadValue, joined, shown


def checked(settings: Settings) -> Settings:
    """Return the settings as they are.

    Raises:
        BadValue: the first value that cannot be used.
    """
    for bad in _bad(settings):
        raise bad
    return settings


def _bad(settings: Settings) -> Iterator[BadValue]:
    yield from _bad_ports(settings)
    yield from _bad_endpoints(settings)
    yield from _bad_limits(settings)
    yield from _bad_names(settings)


def _bad_ports(settings: Settings) -> Iterator[BadValue]:
    ports = [(joined("hosts", name) + ".winrm_port", one.winrm_port, 1) for name, one in settings.hosts.items()]
    ports += [(joined("sql", name) + ".port", one.port, 0) for name, one in settings.sql.items()]
    ports.append(("dhcp.client_port", settings.dhcp.client_port, 1))
    for key, port, lowest in ports:
        if not lowest <= port <= 65535:
            yield _refused(key, port, f"a port from {lowest} to 65535")


def _bad_endpoints(settings: Settings) -> Iterator[BadValue]:
    addressed = [(f"resolvers[{number}]", one) for number, one in enumerate(settings.resolvers)]
    if settings.dhcp.inform:
        addressed.append(("dhcp.inform", settings.dhcp.inform))
    for key, text in addressed:
        if not _is_endpoint(text, port_needed=False, literal=True):
            yield _refused(key, text, 'an IP address, or one with a port such as "10.0.0.5:53"')
    for name, text in settings.forwards.items():
        key = joined("forwards", name)
        if not _is_endpoint(name, port_needed=True, literal=False):
            yield _refused(key, name, 'a name with a port such as "fe01.contoso.com:443"')
        if not _is_endpoint(text, port_needed=True, literal=False):
            yield _refused(key, text, 'an address with a port such as "127.0.0.1:10443"')


def _bad_limits(settings: Settings) -> Iterator[BadValue]:
    limits = settings.limits
    for name in ("backup_age_hours", "certificate_days", "probe_seconds", "settle_seconds"):
        value = getattr(limits, name)
        if value < 0:
            yield _refused(f"limits.{name}", value, "a number that is not negative")


def _bad_names(settings: Settings) -> Iterator[BadValue]:
    for number, mount in enumerate(settings.mounts):
        if not _is_unc(mount.unc):
            yield _refused(f"mounts[{number}].unc", mount.unc, r"a share such as '\\fs01.contoso.com\LyncShare'")
    if settings.restore.backup_unc and not _is_unc(settings.restore.backup_unc):
        yield _refused("restore.backup_unc", settings.restore.backup_unc, r"a path such as '\\bk01.contoso.com\Backup'")
    if settings.directory.url and not _is_directory(settings.directory.url):
        yield _refused("directory.url", settings.directory.url, '"ldaps://name" or "ldap://name", with a port or not')
    if settings.ca_file is not None and not settings.ca_file.is_file():
        found = f"no file {settings.ca_file}"
        yield BadValue("ca_file", found=found, expected="a PEM file that exists", do_next="Correct the value.")


def _is_endpoint(text: str, *, port_needed: bool, literal: bool) -> bool:
    try:
        address, port = split_endpoint(text, 0)
    except ValueError:
        return False
    return (port > 0 or not port_needed) and (is_address(address) or not literal)


def _is_unc(text: str) -> bool:
    return text.startswith("\\\\") and len([part for part in text[2:].split("\\") if part]) >= 2


def _is_directory(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in ("ldap", "ldaps") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        return False


def _refused(key: str, value: object, expected: str) -> BadValue:
    return BadValue(key, found=shown(value), expected=expected, do_next="Correct the value.")
