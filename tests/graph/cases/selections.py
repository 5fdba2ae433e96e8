"""What the tests select of the objects that mutations answer with."""

from __future__ import annotations

VALUE = """value {
  __typename
  ... on TextValue { text } ... on NumberValue { number } ... on BooleanValue { boolean } ... on DateValue { date }
  ... on DateTimeValue { dateTime } ... on EmailValue { email } ... on PhoneValue { phone } ... on UrlValue { url }
  ... on SelectValue { option { id label isArchived } } ... on MultiSelectValue { options { id label isArchived } }
  ... on LanguageValue { language }
}"""
LINE = f"""... on Attribute {{
  id key version isEmpty canEdit lockedBecause {VALUE} provenance {{ source at agent {{ name }} }}
}}
... on CrmAttribute {{
  syncState syncedAt staleAfter isStale crmRecordUrl crmMessage
  conflict {{
    crmValue {{ ... on TextValue {{ text }} ... on SelectValue {{ option {{ id }} }} }} crmChangedAt
    localValue {{ ... on TextValue {{ text }} ... on SelectValue {{ option {{ id }} }} }} localChangedAt rulePrefers
  }}
}}"""
VALIDATION = """validation {
  isValidated outcome askedAt recordId recordUrl failure retryAt candidates { recordId name url }
}"""
CRM_SETTINGS = """id version isAutomatic refreshHours identityAliases { network alias }
  connection {
    __typename
    ... on HttpCrm {
      lookUpUrl writeUrl recordIdAlias nameAlias updatedAtAlias recordUrl takesSeveral
    }
    ... on HubSpotCrm { portalId } ... on DirectoryCrm { records }
  }
  health { isUp succeededAt failedAt failure message retryAt } writesWaiting"""
NOTE = "id version body author { name } createdAt isEdited editedAt editedBy { name } contact { id }"
CONTACT = """id version name updatedAt vip { since reason expiresAt setBy { name } }
  notes { totalCount nodes { body } }"""
DELETED_NOTE = """id noteId version body author { name } createdAt isEdited editedAt editedBy { name }
  deletedAt deletedBy { name } restorableUntil"""
CONVERSATION = """id version externalId network channel topics state receivedAt firstActivityAt lastActivityAt
  assignedAgent { name } assignedTeam { name } identity { handle } contact { id }
  score scoreReasons { __typename } teams { name } skillSets { name }"""
CONVERSATION_NOTE = """id version body author { name } createdAt isEdited editedAt editedBy { name }
  conversation { id }"""
DELETED_CONVERSATION_NOTE = """id noteId version body author { name } createdAt isEdited editedAt editedBy { name }
  deletedAt deletedBy { name } restorableUntil"""
GROUP = """id version name match conditions { __typename ... on VipGroupCondition { isVip }
  ... on AttributeGroupCondition { operator isBroken definition { key } values { __typename } } }"""
CRITERION = """__typename ... on GroupCriterion { group { id } } ... on TopicCriterion { topic }
  ... on ChannelCriterion { channel }"""
SKILL_SET = f"id name match criteria {{ {CRITERION} }} teams {{ id }}"
QUEUE_SETTINGS = f"""id version prioritizedRules {{ {CRITERION} }} skillSets {{ {SKILL_SET} }}
  fallbackTeam {{ id }}"""
TEAM = "id version name agents { id name }"
CURRENT = {
    "Team": TEAM,
    "QueueSettings": QUEUE_SETTINGS,
    "ContactGroup": GROUP,
    "Conversation": CONVERSATION,
    "ContactNote": NOTE,
    "ConversationNote": CONVERSATION_NOTE,
    "DeletedConversationNote": DELETED_CONVERSATION_NOTE,
    "DeletedContactNote": DELETED_NOTE,
    "Contact": CONTACT,
    "Attribute": LINE,
    "CrmSettings": CRM_SETTINGS,
    "AttributeDefinition": "key label version",
}
"""By the type of `Conflict.current`."""
