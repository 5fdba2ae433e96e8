"""Every shape that the domain's values can take, and the way through real BSON."""

from __future__ import annotations

from datetime import UTC, date, timedelta
from typing import Any

import bson
from bson.codec_options import CodecOptions
from hypothesis import strategies as st

from domain.attributes import CrmSync, HeldValue, Provenance, Source, SyncState
from domain.clock import to_millisecond
from domain.contacts import (
    NEVER_ASKED,
    Contact,
    ContactValidation,
    CrmCandidate,
    IdentityKey,
    LookUpOutcome,
    Network,
    SocialIdentity,
)
from domain.crm import FailureReason
from domain.crm_settings import CrmSettings, DirectoryConnection, HttpConnection, HubSpotConnection
from domain.definitions import AttributeCategory, AttributeDefinition, Option, SyncRule, ValueRules, ValueType
from domain.deleted_notes import DeletedNote
from domain.events import ContactEvent, EventKind, MergedContact, NoteVersion, State, ValueChange, ValueStanding
from domain.merging import (
    Merge,
    MergeConflict,
    MergeEnd,
    MergeField,
    MergeMoves,
    MergePoint,
    MergePreview,
    MergeStates,
    Side,
)
from domain.notes import ContactNote
from domain.values import (
    BooleanValue,
    DateTimeValue,
    DateValue,
    EmailValue,
    LanguageValue,
    MultiSelectValue,
    NumberValue,
    PhoneValue,
    SelectValue,
    TextValue,
    UrlValue,
    Value,
)
from domain.vip import VipStatus

_CODEC: CodecOptions[dict[str, Any]] = CodecOptions(tz_aware=True, tzinfo=UTC)

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
maybe_texts = st.none() | texts
several_texts = st.lists(texts, max_size=3).map(tuple)
moments = st.datetimes(timezones=st.just(UTC)).map(to_millisecond)
maybe_moments = st.none() | moments
days = st.dates(date(1, 1, 1), date(9999, 12, 31))
numbers = st.floats(allow_nan=False, allow_infinity=False)
versions = st.integers(1, 2**62)

VALUES: dict[ValueType, st.SearchStrategy[Value]] = {
    ValueType.TEXT: texts.map(TextValue),
    ValueType.NUMBER: numbers.map(NumberValue),
    ValueType.BOOLEAN: st.booleans().map(BooleanValue),
    ValueType.DATE: days.map(DateValue),
    ValueType.DATETIME: moments.map(DateTimeValue),
    ValueType.EMAIL: texts.map(EmailValue),
    ValueType.PHONE: texts.map(PhoneValue),
    ValueType.URL: texts.map(UrlValue),
    ValueType.SELECT: texts.map(SelectValue),
    ValueType.MULTI_SELECT: st.lists(texts, max_size=4).map(tuple).map(MultiSelectValue),
    ValueType.LANGUAGE: texts.map(LanguageValue),
}
values = st.one_of(*VALUES.values())
provenances = st.builds(Provenance, st.sampled_from(Source), moments, maybe_texts)
fields = st.none() | texts | numbers | st.booleans() | several_texts
overtaken = st.lists(fields, max_size=2).map(tuple)
syncs = st.builds(CrmSync, st.sampled_from(SyncState), maybe_moments, fields, maybe_texts, maybe_moments, overtaken)
held_values = st.builds(HeldValue, texts, st.none() | values, provenances, versions, st.none() | syncs)
vips = st.builds(VipStatus, moments, texts, maybe_texts, maybe_moments)
identities = st.builds(
    SocialIdentity,
    key=st.builds(IdentityKey, st.sampled_from(Network), texts),
    handle=texts,
    channel=maybe_texts,
    secondary_identifier=maybe_texts,
    picture_url=maybe_texts,
    profile_url=maybe_texts,
    is_primary=st.booleans(),
)
asked = [each for each in LookUpOutcome if each is not LookUpOutcome.NEVER_ASKED]
validations = st.just(NEVER_ASKED) | st.builds(
    ContactValidation,
    outcome=st.sampled_from(asked),
    asked_at=maybe_moments,
    record_id=maybe_texts,
    record_url=maybe_texts,
    candidates=st.lists(st.builds(CrmCandidate, texts, maybe_texts, maybe_texts), max_size=2).map(tuple),
    failure=st.none() | st.sampled_from(FailureReason),
    retry_at=maybe_moments,
)
contacts = st.builds(
    Contact,
    id=texts,
    version=versions,
    name=texts,
    avatar_url=maybe_texts,
    identities=st.lists(identities, max_size=3).map(tuple),
    values=st.lists(held_values, max_size=3).map(tuple),
    vip=st.none() | vips,
    validation=validations,
    note_count=st.integers(0, 2**31),
    created_at=moments,
    updated_at=moments,
    import_key=maybe_texts,
    merged_ids=several_texts,
    merged_import_keys=several_texts,
)
connections = st.one_of(
    st.builds(HttpConnection, *[texts] * 3, *[maybe_texts] * 4, st.booleans()),
    st.builds(HubSpotConnection, texts, maybe_texts),
    st.builds(DirectoryConnection),
)
crm_settings = st.builds(
    CrmSettings,
    st.integers(0, 2**31),
    st.none() | connections,
    st.lists(st.tuples(st.sampled_from(Network), texts), max_size=3).map(tuple),
    st.booleans(),
    st.integers(1, 10**8).map(lambda seconds: timedelta(seconds=seconds)),
)
moves = st.builds(MergeMoves, *[st.integers(0, 2**31)] * 4)
merge_points = st.builds(MergePoint, st.sampled_from(MergeField), maybe_texts)
candidates = texts | held_values
conflicts = st.builds(MergeConflict, merge_points, candidates, candidates, st.none() | st.sampled_from(Side))
previews = st.builds(MergePreview, moves, st.lists(conflicts, max_size=3).map(tuple))
merge_states = st.builds(MergeStates, contacts, contacts, contacts)
merge_ends = st.builds(MergeEnd, moments, texts)
merges = st.builds(Merge, texts, texts, texts, texts, moments, texts, st.none() | merge_states, st.none() | merge_ends)
notes = st.builds(
    ContactNote,
    *(texts, texts, versions, texts, texts, moments),
    *(maybe_moments, maybe_texts, maybe_moments, maybe_texts, several_texts),
)
deleted_notes = st.builds(DeletedNote, notes, moments, texts, moments)
labels = st.dictionaries(st.sampled_from(["de", "pt-br", "fr"]), texts)
rules = st.builds(
    ValueRules,
    required=st.booleans(),
    min_number=st.none() | numbers,
    max_number=st.none() | numbers,
    min_length=st.none() | st.integers(0, 5000),
    max_length=st.none() | st.integers(0, 5000),
    earliest=st.none() | days,
    latest=st.none() | days,
    pattern=maybe_texts,
    message=maybe_texts,
    is_unique=st.booleans(),
)
definitions = st.builds(
    AttributeDefinition,
    id=texts,
    key=texts,
    label=texts,
    category=st.sampled_from(AttributeCategory),
    value_type=st.sampled_from(ValueType),
    position=st.integers(0, 1000),
    labels=labels,
    description=maybe_texts,
    descriptions=labels,
    rules=rules,
    options=st.lists(st.builds(Option, texts, texts, labels, st.booleans()), max_size=3).map(tuple),
    is_enabled=st.booleans(),
    is_editable=st.booleans(),
    is_searchable=st.booleans(),
    is_look_up=st.booleans(),
    crm_alias=maybe_texts,
    sync_rule=st.sampled_from(SyncRule),
    is_archived=st.booleans(),
    is_admin_only=st.booleans(),
    version=versions,
)
note_versions = st.builds(NoteVersion, texts, versions)
merged_contacts = st.builds(MergedContact, texts, texts, texts)
STATES: dict[EventKind, st.SearchStrategy[State]] = {
    EventKind.CONTACT_CREATED: texts,
    EventKind.CONTACT_RENAMED: texts,
    EventKind.IDENTITY_ADDED: identities,
    EventKind.IDENTITY_REMOVED: identities,
    EventKind.IDENTITY_CHANGED: identities,
    EventKind.VALUES_CHANGED: st.none(),
    EventKind.NOTE_ADDED: note_versions,
    EventKind.NOTE_EDITED: note_versions,
    EventKind.NOTE_DELETED: note_versions,
    EventKind.NOTE_RESTORED: note_versions,
    EventKind.VIP_SET: vips,
    EventKind.VIP_CLEARED: vips,
    EventKind.CONTACTS_MERGED: merged_contacts,
    EventKind.CONTACTS_UNMERGED: merged_contacts,
    EventKind.LOOKED_UP: validations,
    EventKind.SYNC_CHANGED: st.builds(ValueStanding, texts, st.sampled_from(SyncState), maybe_texts),
}


def _events(kind: EventKind) -> st.SearchStrategy[ContactEvent]:
    return st.builds(
        ContactEvent,
        id=texts,
        contact_id=texts,
        at=moments,
        kind=st.just(kind),
        agent_id=maybe_texts,
        before=st.none() | STATES[kind],
        after=st.none() | STATES[kind],
        values=st.lists(st.builds(ValueChange, st.none() | held_values, held_values), max_size=3).map(tuple),
        source=st.sampled_from(Source),
    )


events = st.sampled_from(EventKind).flatmap(_events)


def through_bson(document: dict[str, Any]) -> dict[str, Any]:
    """Return the document as the database would give it back."""
    return bson.decode(bson.encode(document), _CODEC)
