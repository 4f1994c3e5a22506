"""Hh202190 step 4: the topology is looked at, not published."""

from __future__ import annotations

from app.recovery.step import Danger, Kind, Step

DOWNLOAD_TOPOLOGY = Step(
    id="se.4",
    number="4",
    title="Download the topology in Topology Builder and save it",
    intent=(
        "Shows with Microsoft's own tool that the Central Management store answers and still lists this server. "
        "Nothing is published."
    ),
    who="RTCUniversalServerAdmins and local Administrators",
    where="any server or workstation with the administrative tools",
    kind=Kind.BY_HAND,
    danger=Danger.READ_ONLY,
    before=("cms.pointer", "cms.database", "cms.master-alive", "operator.groups"),
    after=("cms.lists-target",),
    source="Hh202190 step 4",
    by_hand=(
        "Start Lync Server Topology Builder.",
        "Choose Download Topology from existing deployment, and save the file.",
        "Find this server below Standard Edition Front End Servers; do not change anything and do not publish.",
    ),
    undo="Delete the saved file.",
)
