"""Attribute definitions."""

from __future__ import annotations

from domain.agents import Role
from tests.graph.asking_graphql import definition_gid
from tests.graph.cases.case import MutationCase
from tests.graph.cases.tenancy import Case, Tenant, constant, gid, mutation

TEXTS = "labels { language text } descriptions { language text }"
RULES = """rules {
  isRequired isUnique minNumber maxNumber minLength maxLength earliest latest pattern message
}"""
DEFINITION = f"""id key label description {TEXTS} category valueType version position {RULES}
  options {{ id label labels {{ language text }} isArchived }}
  isEnabled isArchived isEditable isSearchable isLookUp isAdminOnly crmAlias syncRule"""
IMPACT = "impact { valuesHeld valuesBroken valuesWithArchivedOptions duplicates }"
CASES = [
    MutationCase(
        name="attributeDefinitionCreate",
        good={"key": "shoe_size", "label": "Shoe size", "valueType": "NUMBER"},
        other={"label": "Size of shoes"},
        selection=f"definition {{ {DEFINITION} }}",
        missing=None,
        current=None,
        elsewhere=frozenset({"AttributeKeyTaken"}),
        capability="MANAGE_DEFINITIONS",
        role=Role.ADMIN,
        events=0,
    ),
    MutationCase(
        name="attributeDefinitionUpdate",
        good={"definitionId": definition_gid("bio"), "label": "About"},
        other={"label": "About them"},
        selection=f"definition {{ {DEFINITION} }} {IMPACT}",
        missing=("definitionId", "AttributeDefinition"),
        current="AttributeDefinition",
        elsewhere=frozenset({"DuplicateValues"}),
        capability="MANAGE_DEFINITIONS",
        role=Role.ADMIN,
        events=0,
    ),
    MutationCase(
        name="attributeDefinitionArchive",
        good={"definitionId": definition_gid("bio")},
        other={"version": 1},
        selection=f"definition {{ {DEFINITION} }} {IMPACT}",
        missing=("definitionId", "AttributeDefinition"),
        current="AttributeDefinition",
        capability="MANAGE_DEFINITIONS",
        role=Role.ADMIN,
        events=0,
    ),
    MutationCase(
        name="attributeDefinitionRestore",
        good={"definitionId": definition_gid("fax")},
        other={"version": 1},
        selection=f"definition {{ {DEFINITION} }}",
        missing=("definitionId", "AttributeDefinition"),
        current="AttributeDefinition",
        capability="MANAGE_DEFINITIONS",
        role=Role.ADMIN,
        events=0,
    ),
    MutationCase(
        name="attributeDefinitionReorder",
        good={"definitionId": definition_gid("bio"), "afterId": None},
        other={"afterId": definition_gid("email")},
        selection="definitions { id key position }",
        missing=("definitionId", "AttributeDefinition"),
        current="AttributeDefinition",
        capability="MANAGE_DEFINITIONS",
        role=Role.ADMIN,
        events=0,
    ),
]


def their_definition(_me: Tenant, them: Tenant) -> str:
    return gid("AttributeDefinition", f"{them.organization}-secret")


def my_definition(me: Tenant, _them: Tenant) -> str:
    return gid("AttributeDefinition", f"{me.organization}-secret")


TENANCY: dict[str, Case] = {
    f"{name}.definitionId": mutation(name, definitionId=their_definition)
    for name in ("attributeDefinitionUpdate", "attributeDefinitionArchive", "attributeDefinitionRestore")
}
TENANCY |= {
    "attributeDefinitionReorder.definitionId": mutation(
        "attributeDefinitionReorder", definitionId=their_definition, afterId=constant(None)
    ),
    "attributeDefinitionReorder.afterId": mutation(
        "attributeDefinitionReorder",
        definitionId=my_definition,
        afterId=lambda _, them: gid("AttributeDefinition", f"{them.organization}-many"),
    ),
    "attributeDefinitionUpdate.options.id": mutation(
        "attributeDefinitionUpdate",
        definitionId=my_definition,
        options=lambda _, them: [{"id": f"{them.organization}-option", "label": "Mine now"}],
    ),
}
FOR_ADMINS = set(TENANCY)
_TEXTS = ("label", "description", "crmAlias", "rules.pattern", "rules.message", "options.label")
_LANGUAGES = ("labels", "descriptions", "options.labels")
_FIELDS = [*_TEXTS, *(f"{each}.{part}" for each in _LANGUAGES for part in ("language", "text"))]
NAMES_NOTHING = {
    *(f"attributeDefinition{name}.{each}" for name in ("Create", "Update") for each in _FIELDS),
    # A new attribute has no options yet that could be named; a key is free or one's own.
    *("attributeDefinitionCreate.key", "attributeDefinitionCreate.options.id"),
}
