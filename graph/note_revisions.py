"""The past of a note: its earlier versions, newest first."""

from datetime import datetime
from typing import Self

import strawberry

from domain.note_revisions import NoteRevision, RevisionPosition
from domain.paging import Page
from graph.agents import Agent
from graph.errors import BadUserInput
from graph.info import Info
from graph.nodes import Node, encode_id
from graph.paging import PageInfo, decode_cursor, encode_cursor, page_info
from resolvers import note_revisions
from resolvers.agents import find_agent

_LARGEST_VERSION = 2**63 - 1
"""More has no room in the database."""


@strawberry.type(description="One version of a note: what it said, who wrote it, and when.")
class ContactNoteRevision(Node):
    note_id: strawberry.ID = strawberry.field(description="Of the ContactNote, which may be deleted by now.")
    version: int = strawberry.field(description="What `contactNoteRevert` takes as `restoreVersion`.")
    body: str = strawberry.field(description="What the note said in this version.")
    written_at: datetime = strawberry.field(description="When this version came about.")
    agent_id: strawberry.Private[str]

    @strawberry.field(
        description="Who wrote this version, which need not be the note's author; where it came about by restoring the "
        "deleted note, who did that."
    )
    async def written_by(self, info: Info) -> Agent:
        return Agent.of(await find_agent(info.context, self.agent_id))

    @classmethod
    def of(cls, revision: NoteRevision) -> Self:
        return cls(
            id=encode_id("ContactNoteRevision", f"{revision.note_id}:{revision.version}"),
            note_id=encode_id("ContactNote", revision.note_id),
            version=revision.version,
            body=revision.body,
            written_at=revision.at,
            agent_id=revision.agent_id,
        )


@strawberry.type(description="A version of a note and its place in the list.")
class ContactNoteRevisionEdge:
    node: ContactNoteRevision = strawberry.field(description="The version.")
    cursor: str = strawberry.field(description="Its place: hand it back as `after` or `before`.")

    @classmethod
    def of(cls, revision: NoteRevision) -> Self:
        cursor = encode_cursor("revision", revision.version)
        return cls(node=ContactNoteRevision.of(revision), cursor=cursor)


@strawberry.type(description="A page of a note's earlier versions, newest first.")
class ContactNoteRevisionConnection:
    edges: list[ContactNoteRevisionEdge] = strawberry.field(description="The versions with their places.")
    nodes: list[ContactNoteRevision] = strawberry.field(description="The versions alone.")
    page_info: PageInfo = strawberry.field(description="Where the page lies in the list.")
    note_id: strawberry.Private[str]

    @strawberry.field(description="How many earlier versions the note has. Counted only when asked for.")
    async def total_count(self, info: Info) -> int:
        return await note_revisions.count(info.context, self.note_id)

    @classmethod
    def of(cls, note_id: str, page: Page[NoteRevision]) -> Self:
        edges = [ContactNoteRevisionEdge.of(each) for each in page.rows]
        return cls(
            edges=edges,
            nodes=[each.node for each in edges],
            page_info=page_info(page, [each.cursor for each in edges]),
            note_id=note_id,
        )


def revision_position(cursor: str) -> RevisionPosition:
    (version,) = decode_cursor(cursor, "revision", int)
    if not 0 <= int(version) <= _LARGEST_VERSION:
        raise BadUserInput("This is no cursor of this list: take cursors from `pageInfo` or `edges`.")
    return RevisionPosition(int(version))
