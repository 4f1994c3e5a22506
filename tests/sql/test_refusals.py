"""A driver's error becomes the right sentence, whatever the platform it is from."""

from __future__ import annotations

import pytest

from app.facts.odbc import Driver, DriverKind, Login, Secret
from app.facts.sql_refusals import Refusal, explained
from app.settings import Encrypt

DRIVER = Driver(name="ODBC Driver 18 for SQL Server", keyword="x", kind=DriverKind.MICROSOFT, version=18)
LOGIN = Login(
    server="se02.contoso.com",
    address="10.0.0.12",
    port=1433,
    username="sa",
    password=Secret("hunter2"),
    encrypt=Encrypt.OPTIONAL,
)
PREFIX = "[Microsoft][ODBC Driver 18 for SQL Server]"


@pytest.mark.parametrize(
    ("state", "message", "kind"),
    [
        ("28000", f"[28000] {PREFIX}[SQL Server]Login failed for user 'sa'. (18456) (SQLDriverConnect)", Refusal.LOGIN),
        ("42000", "[42000] [FreeTDS][SQL Server]Login failed for user 'sa'. (18456) (SQLDriverConnect)", Refusal.LOGIN),
        ("28000", f"{PREFIX}[SQL Server]Login failed. The login is from an untrusted domain (18452)", Refusal.LOGIN),
        ("08001", f"{PREFIX}SSL Provider: [error:0A000102:SSL routines::unsupported protocol] (-1)", Refusal.TLS_TOO_OLD),
        ("08001", f"{PREFIX}SSL Provider: [error:0A00014D:SSL routines::legacy sigalg disallowed or unsupported]", Refusal.TLS_TOO_OLD),
        ("08001", f"{PREFIX}SSL Provider: The client and server cannot communicate, because they do not possess a common algorithm.", Refusal.TLS_TOO_OLD),
        ("08001", "[Microsoft][ODBC SQL Server Driver][DBNETLIB]SSL Security error (18)", Refusal.TLS_TOO_OLD),
        ("08001", f"{PREFIX}SSL Provider: [error:0A000086:SSL routines::certificate verify failed:self-signed certificate]", Refusal.NOT_TRUSTED),
        ("08001", f"{PREFIX}SSL Provider: The certificate chain was issued by an authority that is not trusted.", Refusal.NOT_TRUSTED),
        ("08001", f"{PREFIX}SSL Provider: The target principal name is incorrect.", Refusal.NOT_TRUSTED),
        ("08001", f"{PREFIX}Encryption not supported on SQL Server. (20)", Refusal.NOT_ENCRYPTED),
        ("HY000", f"{PREFIX}SSPI Provider: No Kerberos credentials available (default cache: FILE:/x)", Refusal.NO_TICKET),
        ("HY000", f"{PREFIX}Cannot generate SSPI context", Refusal.NO_TICKET),
        ("01000", "[unixODBC][Driver Manager]Can't open lib '/x' : file not found", Refusal.NO_DRIVER),
        ("IM002", "[Microsoft][ODBC Driver Manager] Data source name not found and no default driver specified", Refusal.NO_DRIVER),
        ("HYT00", f"{PREFIX}Login timeout expired (0)", Refusal.SILENT),
        ("42000", f"{PREFIX}[SQL Server]The SELECT permission was denied on the object 'databases' (229)", Refusal.PERMISSION),
        ("08S01", f"{PREFIX}TCP Provider: An existing connection was forcibly closed. Communication link failure", Refusal.REFUSED),
        ("08S01", "[FreeTDS][SQL Server]Unable to connect: Adaptive Server is unavailable or does not exist (20009)", Refusal.REFUSED),
        ("HY000", "something new under the sun", Refusal.OTHER),
    ],
)  # fmt: skip
def test_an_error_is_told_by_what_it_means(state: str, message: str, kind: Refusal) -> None:
    found = explained(state, message, DRIVER, LOGIN)
    assert found.kind is kind
    assert "[Microsoft]" not in found.sentence
    assert found.kind is Refusal.NO_DRIVER or "se02.contoso.com" in found.sentence


def test_a_sentence_never_holds_the_password_nor_control_characters_nor_a_flood() -> None:
    said = explained("HY000", "bad {thing} hunter2 \x1b[31m " + "x" * 5000, DRIVER, LOGIN).sentence
    assert "hunter2" not in said
    assert said.isprintable()
    assert len(said) < 600
