"""Any topology that a published document can say."""

from __future__ import annotations

from hypothesis import strategies as st

from app.deployment.topology import (
    Cluster,
    Dependency,
    Machine,
    NetInterface,
    Port,
    Service,
    SimpleUrl,
    Site,
    SqlInstance,
    Topology,
    products_in,
)

_label = st.from_regex(r"[a-z][a-z0-9-]{0,10}[a-z0-9]", fullmatch=True)
_fqdn = st.builds("{}.{}.com".format, _label, _label)
_text = st.text(
    st.characters(exclude_categories=("Cc", "Cs", "Cn", "Co"), exclude_characters="$\ufffe\uffff"), max_size=12
)
_name = _text.map(str.strip)
_number = st.integers(1, 99).map(str)
_port = st.builds(
    Port,
    owner=st.sampled_from(["urn:component:Registrar", "urn:application:RGS"]),
    usage=_label,
    side=st.sampled_from(["Primary", "External"]),
    port=st.integers(1, 65535),
    protocol=st.sampled_from(["Mtls", "Tcp"]),
    configured_port=st.none() | st.integers(1, 65535),
    configured_fqdn=st.just("") | _fqdn,
)
_interface = st.builds(
    NetInterface,
    side=st.sampled_from(["Primary", "External", "Pstn"]),
    number=st.integers(1, 9),
    address=st.ip_addresses(v=4).map(str),
    public_address=st.just("") | st.ip_addresses(v=4).map(str),
)
_machine = st.builds(Machine, fqdn=_fqdn, interfaces=st.lists(_interface, max_size=3).map(tuple))
_role = st.sampled_from(["UserServices", "Registrar", "WebServices", "FileStore", "CentralMgmt", "SomethingNew"])
_details = {
    "FileStore": st.fixed_dictionaries({"ShareName": _text}),
    "CentralMgmt": st.fixed_dictionaries({"IsActive": st.sampled_from(["true", "false"])}),
    "WebServices": st.fixed_dictionaries(
        {}, optional={"ExternalSettings.Host": _fqdn, "InternalSettings.Host": _fqdn, "WebComponents": _label}
    ),
}


def _services(clusters: list[str], instances: list[tuple[str, str]]) -> st.SearchStrategy[tuple[Service, ...]]:
    @st.composite
    def one(draw: st.DrawFn) -> Service:
        role = draw(_role)
        cluster, instance = draw(st.sampled_from([*((one, None) for one in clusters), *instances]))
        return Service(
            id=f"1-{role}-{draw(_number)}",
            role=role,
            version=draw(st.none() | st.integers(5, 9)),
            cluster=cluster,
            sql_instance=instance,
            depends_on=tuple(
                Dependency(usage=usage, service=f"1-{other}-{number}")
                for usage, other, number in draw(
                    st.lists(st.tuples(st.sampled_from(["Default", "Mirror"]), _role, _number), max_size=3)
                )
            ),
            ports=tuple(draw(st.lists(_port, max_size=3))),
            details=draw(_details.get(role, st.just({}))),
        )

    return st.lists(one(), min_size=1, max_size=6).map(tuple)


@st.composite
def topologies(draw: st.DrawFn) -> Topology:
    ids = draw(st.lists(st.builds("1:{}".format, _number), min_size=1, max_size=4, unique=True))
    clusters = tuple(
        Cluster(
            id=one,
            site="1",
            fqdn=draw(_fqdn),
            machines=tuple(draw(st.lists(_machine, min_size=1, max_size=3))),
            runs_product=draw(st.booleans()),
        )
        for one in ids
    )
    instances = draw(st.lists(st.tuples(st.sampled_from(ids), st.just("") | _label), max_size=2, unique=True))
    services = draw(_services(ids, instances))
    domains = tuple(draw(st.lists(_fqdn, max_size=3, unique=True)))
    return Topology(
        product=products_in(services),
        published=True,
        signature=str(draw(st.uuids())),
        sip_domains=domains,
        default_sip_domain=domains[0] if domains else "",
        sites=(Site(id="1", name=draw(_name)),),
        clusters=clusters,
        sql_instances=tuple(SqlInstance(cluster=cluster, name=name) for cluster, name in instances),
        services=services,
        simple_urls=tuple(
            SimpleUrl(component=component, domain="*", url=f"https://{host}/{component}")
            for component, host in draw(
                st.lists(st.tuples(st.sampled_from(["Meet", "Dialin", "Cscp"]), _fqdn), max_size=3, unique=True)
            )
        ),
    )
