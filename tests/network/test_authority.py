"""The lab's authority: chains that strangers verify, every way a certificate can be wrong, nothing left to chance but keys."""

from __future__ import annotations

import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.verification import PolicyBuilder, Store, VerificationError

from app.lab.authority import Authority, Issuer, KeyKind, Signature, Usage
from app.lab.ports import Certificate

HOST = "se01.contoso.com"
NOW = datetime(2026, 11, 22, 18, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def made() -> Authority:
    return Authority(1, NOW)


def loaded(pem: bytes) -> x509.Certificate:
    return x509.load_pem_x509_certificate(pem)


def verified(authority: Authority, own: Certificate, name: str = HOST, at: datetime = NOW) -> bool:
    store = Store([loaded(authority.root_pem)])
    verifier = PolicyBuilder().store(store).time(at).build_server_verifier(x509.DNSName(name))
    try:
        verifier.verify(loaded(own.certificate), [loaded(one) for one in own.chain])
    except VerificationError:
        return False
    return True


def test_a_leaf_chains_to_the_root_for_every_one_of_its_names(made: Authority) -> None:
    own = made.issue(HOST, [HOST, "sip.contoso.com"])
    assert verified(made, own)
    assert verified(made, own, "sip.contoso.com")
    assert not verified(made, own, "meet.contoso.com")


def test_a_leaf_has_what_lync_asks_of_it(made: Authority) -> None:
    leaf = loaded(made.issue(HOST, [HOST, "192.0.2.11"]).certificate)
    key = leaf.public_key()
    assert isinstance(key, rsa.RSAPublicKey)
    assert key.key_size == 2048
    alternatives = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert alternatives.get_values_for_type(x509.DNSName) == [HOST]
    assert [str(one) for one in alternatives.get_values_for_type(x509.IPAddress)] == ["192.0.2.11"]
    assert leaf.extensions.get_extension_for_class(x509.CRLDistributionPoints)


@pytest.mark.parametrize("issuer", [Issuer.STRANGER, Issuer.SELF])
def test_nobody_trusts_what_a_stranger_or_the_server_itself_has_signed(made: Authority, issuer: Issuer) -> None:
    assert not verified(made, made.issue(HOST, [HOST], issuer=issuer))


def test_the_root_may_sign_by_itself(made: Authority) -> None:
    own = made.issue(HOST, [HOST], issuer=Issuer.ROOT)
    assert own.chain == ()
    assert verified(made, own)


def test_without_its_chain_a_leaf_is_not_trusted(made: Authority) -> None:
    own = made.issue(HOST, [HOST])
    assert not verified(made, Certificate(certificate=own.certificate, private_key=own.private_key))


@pytest.mark.parametrize(("days", "holds"), [(30, True), (-1, False)])
def test_validity_counts_from_the_authoritys_now(made: Authority, days: float, holds: bool) -> None:
    own = made.issue(HOST, [HOST], days=days)
    assert loaded(own.certificate).not_valid_after_utc == NOW + timedelta(days=days)
    assert verified(made, own) is holds


def test_a_certificate_may_begin_in_the_future(made: Authority) -> None:
    own = made.issue(HOST, [HOST], starts=10)
    assert not verified(made, own)
    assert verified(made, own, at=NOW + timedelta(days=11))


def test_usages_and_names_can_be_wrong_or_missing(made: Authority) -> None:
    assert not verified(made, made.issue(HOST, [HOST], eku=(Usage.CLIENT,)))
    assert not verified(made, made.issue(HOST, []))
    bare = loaded(made.issue(HOST, [], eku=(), crl=False).certificate)
    for kind in (x509.SubjectAlternativeName, x509.ExtendedKeyUsage, x509.CRLDistributionPoints):
        with pytest.raises(x509.ExtensionNotFound):
            bare.extensions.get_extension_for_class(kind)


@pytest.mark.parametrize(
    ("signature", "oid"),
    [
        (Signature.SHA256, "1.2.840.113549.1.1.11"),
        (Signature.SHA512, "1.2.840.113549.1.1.13"),
        (Signature.PSS, "1.2.840.113549.1.1.10"),
    ],
)
def test_signatures_are_of_the_wanted_kind(made: Authority, signature: Signature, oid: str) -> None:
    leaf = loaded(made.issue(HOST, [HOST], signature=signature).certificate)
    assert leaf.signature_algorithm_oid.dotted_string == oid


def test_keys_are_of_the_wanted_kind(made: Authority) -> None:
    short = loaded(made.issue(HOST, [HOST], key=KeyKind.RSA_1024).certificate).public_key()
    assert isinstance(short, rsa.RSAPublicKey)
    assert short.key_size == 1024
    assert isinstance(
        loaded(made.issue(HOST, [HOST], key=KeyKind.EC).certificate).public_key(), ec.EllipticCurvePublicKey
    )


def test_serial_numbers_follow_from_the_seed_and_differ_for_every_certificate() -> None:
    def serials(seed: int) -> list[int]:
        authority = Authority(seed, NOW)
        return [loaded(authority.issue(HOST, [HOST]).certificate).serial_number for _ in range(3)]

    assert serials(5) == serials(5)
    assert len({*serials(5), *serials(6)}) == 6


def test_authorities_of_two_seeds_do_not_trust_each_other(made: Authority) -> None:
    assert not verified(made, Authority(2, NOW).issue(HOST, [HOST]))


def test_openssl_agrees_strictly(made: Authority, tmp_path: Path) -> None:
    if shutil.which("openssl") is None:
        pytest.skip("needs the openssl program")
    own = made.issue(HOST, [HOST])
    for name, pem in (("root", made.root_pem), ("issuing", made.issuing_pem), ("leaf", own.certificate)):
        (tmp_path / name).write_bytes(pem)
    command = ["openssl", "verify", "-x509_strict", "-purpose", "sslserver", "-verify_hostname", HOST, "-attime",
               str(int(NOW.timestamp())), "-CAfile", "root", "-untrusted", "issuing", "leaf"]  # fmt: skip
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.stdout == "leaf: OK\n", done.stderr
