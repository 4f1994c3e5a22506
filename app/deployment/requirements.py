"""What a topology implies for one server and its pool: the expectations that checks compare the living world with.

Each is frozen data with the fact sheet's rule and the place in the topology it follows from. One file a subject; this
is the door.
"""

from __future__ import annotations

from app.deployment.required_certificates import CertificateNeed, certificate_needs
from app.deployment.required_databases import ExpectedInstance, InstanceKind, expected_databases
from app.deployment.required_dns import ExpectedRecord, Match, RecordType, RecordUse, expected_records
from app.deployment.required_file_stores import ExpectedFileStore, expected_file_stores
from app.deployment.required_phone_options import PhoneOptions, phone_options
from app.deployment.required_services import ExpectedService, expected_services
from app.deployment.web_names import external_web_name, internal_web_name, simple_url_hosts

__all__ = [
    "CertificateNeed",
    "ExpectedFileStore",
    "ExpectedInstance",
    "ExpectedRecord",
    "ExpectedService",
    "InstanceKind",
    "Match",
    "PhoneOptions",
    "RecordType",
    "RecordUse",
    "certificate_needs",
    "expected_databases",
    "expected_file_stores",
    "expected_records",
    "expected_services",
    "external_web_name",
    "internal_web_name",
    "phone_options",
    "simple_url_hosts",
]
