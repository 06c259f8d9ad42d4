"""TLS servers as portals have them: certificates made here and now, of each kind of wrong, and protocols of long ago."""

from __future__ import annotations

import base64
import ssl
import tempfile
import warnings
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

NAMES = ("*.hazard.portal.test",)
Key = rsa.RSAPrivateKey
Made = tuple[x509.Certificate, Key]


def _made(names: Sequence[str], by: Made | None, days: tuple[int, int] = (-1, 1), authority: bool = False) -> Made:
    """A certificate made out to `names`, valid from and until so many days from now; signed by itself without `by`."""
    key, now = rsa.generate_private_key(65537, 2048), datetime.now(UTC)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0])])
    issuer, signer = (by[0].subject, by[1]) if by else (subject, key)
    builder = x509.CertificateBuilder(
        issuer,
        subject,
        key.public_key(),
        x509.random_serial_number(),
        now + timedelta(days[0]),
        now + timedelta(days[1]),
    )
    builder = builder.add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
    known_as = x509.SubjectAlternativeName([x509.DNSName(name) for name in names])
    builder = builder.add_extension(known_as, critical=False)
    return builder.sign(signer, hashes.SHA256()), key


def _pem(*certificates: x509.Certificate) -> bytes:
    return b"".join(each.public_bytes(serialization.Encoding.PEM) for each in certificates)


@cache
def _authority() -> tuple[Made, Made]:
    """A root that the crawl is told to trust, and an authority below it."""
    root = _made(["Farm Root"], None, (-9, 9), authority=True)
    return root, _made(["Farm Issuing"], root, (-9, 9), authority=True)


def write_root(path: Path) -> None:
    """The root certificate, for SSL_CERT_FILE."""
    path.write_bytes(_pem(_authority()[0][0]))


def _context(
    made: Made, *chain: x509.Certificate, ciphers: str = "", only: ssl.TLSVersion | None = None
) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    if ciphers:
        context.set_ciphers(ciphers)
    if only is not None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # that these are old is the point
            context.minimum_version = context.maximum_version = only
    key = made[1].private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    with tempfile.NamedTemporaryFile() as file:
        Path(file.name).write_bytes(_pem(made[0], *chain) + key)
        context.load_cert_chain(file.name)
    return context


# Oakley group 2 (RFC 2409 §6.2): 1024 bits, which OpenSSL 3 calls DH_KEY_TOO_SMALL.
OAKLEY_2 = bytes.fromhex(
    "FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74020BBEA63B139B22514A08798E3404DD"
    "EF9519B3CD3A431B302B0A6DF25F14374FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7ED"
    "EE386BFB5A899FA5AE9F24117C4B1FE649286651ECE65381FFFFFFFFFFFFFFFF"
)


def _with_small_group(context: ssl.SSLContext) -> ssl.SSLContext:
    der = b"\x30\x81\x87\x02\x81\x81\x00" + OAKLEY_2 + b"\x02\x01\x02"  # SEQUENCE {p, g} of PKCS #3
    with tempfile.NamedTemporaryFile() as file:
        text = base64.encodebytes(der).decode()
        Path(file.name).write_text(f"-----BEGIN DH PARAMETERS-----\n{text}-----END DH PARAMETERS-----\n")
        context.load_dh_params(file.name)
    return context


@cache
def contexts(names: tuple[str, ...] = NAMES) -> dict[str, ssl.SSLContext]:
    """Server contexts by name, with certificates made out to `names`."""
    _, below = _authority()
    good, self_signed = _made(names, below), _made(names, None)
    old = "ALL:@SECLEVEL=0"
    return {
        "good": _context(good, below[0]),
        "self-signed": _context(self_signed),
        "expired": _context(_made(names, below, (-3, -2)), below[0]),
        "mismatch": _context(_made(["www.elsewhere.test"], below), below[0]),
        "chain": _context(good),
        "no-common": _context(good, ciphers="PSK", only=ssl.TLSVersion.TLSv1_2),  # no client of ours has a shared key
        "tls-1.0": _context(good, below[0], ciphers=old, only=ssl.TLSVersion.TLSv1),
        "tls-1.1": _context(good, below[0], ciphers=old, only=ssl.TLSVersion.TLSv1_1),
        "small-group": _with_small_group(
            _context(good, below[0], ciphers="DHE-RSA-AES256-SHA:@SECLEVEL=0", only=ssl.TLSVersion.TLSv1_2)
        ),
    }
