"""The demo's organizations: one a plan that matters, their agents, and what their contacts can have."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from domain.agents import Agent, Organization, Plan, Role, Team
from domain.definitions import AttributeCategory, AttributeDefinition, Option, ValueRules, ValueType


@dataclass(frozen=True, slots=True)
class DemoOrganization:
    organization: Organization
    agents: tuple[Agent, ...]

    @property
    def teams(self) -> tuple[Team, ...]:
        """Return a team of all, and one of the admin alone."""
        org, everybody = self.organization.id, tuple(each.id for each in self.agents)
        return (
            Team(f"{org}-first-line", org, "First line", everybody),
            Team(f"{org}-key-accounts", org, "Key accounts", everybody[:1]),
        )


def _organization(org: str, name: str, plan: Plan, *agents: tuple[str, str, Role]) -> DemoOrganization:
    members = tuple(
        Agent(f"{org}-{first}", org, full, f"{first}@{org}.example.com", role, True, None, None)
        for first, full, role in agents
    )
    return DemoOrganization(Organization(org, name, plan, "en", "US"), members)


ENTERPRISE = _organization(
    "harbour",
    "Harbour Care",
    Plan.ENTERPRISE,
    ("amara", "Amara Okafor", Role.ADMIN),
    ("jonas", "Jonas Lind", Role.AGENT),
)
BUSINESS = _organization(
    "meadow", "Meadow Goods", Plan.BUSINESS, ("mei", "Mei Tanaka", Role.ADMIN), ("luca", "Luca Moretti", Role.AGENT)
)
PROFESSIONAL = _organization(
    "corner",
    "Corner Books",
    Plan.PROFESSIONAL,
    ("sofia", "Sofía Reyes", Role.ADMIN),
    ("theo", "Théo Blanc", Role.AGENT),
)
DEMO = (ENTERPRISE, BUSINESS, PROFESSIONAL)


def demo_agent(email: str) -> Agent | None:
    return next((agent for each in DEMO for agent in each.agents if agent.email == email), None)


def common_definitions(organization_id: str) -> tuple[AttributeDefinition, ...]:
    """Return the common attributes that every organization starts with."""
    labels = (
        ("email", "E-mail", {"de": "E-Mail", "es": "Correo electrónico", "fr": "E-mail"}, ValueType.EMAIL),
        ("phone", "Phone", {"de": "Telefon", "es": "Teléfono", "fr": "Téléphone"}, ValueType.PHONE),
        ("website", "Website", {"de": "Webseite", "es": "Sitio web", "fr": "Site web"}, ValueType.URL),
    )
    return tuple(
        AttributeDefinition(
            id=f"{organization_id}-{key}",
            key=key,
            label=label,
            category=AttributeCategory.COMMON,
            value_type=value_type,
            position=position,
            labels=translations,
            is_searchable=True,
            is_look_up=key != "website",
        )
        for position, (key, label, translations, value_type) in enumerate(labels)
    )


def demo_definitions(organization: Organization, committees: tuple[str, ...]) -> tuple[AttributeDefinition, ...]:
    """Return the demo's definitions in their order.

    Args:
        organization: whose they are; only where the plan includes the CRM does it manage some.
        committees: labels of the options of one of the CRM's attributes.
    """
    org = organization.id
    custom = [
        _definition(org, "bio", "Bio", ValueType.TEXT, rules=ValueRules(max_length=500)),
        _definition(org, "location", "Location", ValueType.TEXT),
        _definition(org, "language", "Language", ValueType.LANGUAGE),
        _definition(org, "followers", "Followers", ValueType.NUMBER, rules=ValueRules(min_number=0)),
        _definition(org, "birthday", "Birthday", ValueType.DATE, rules=ValueRules(earliest=date(1900, 1, 1))),
        _definition(org, "wikipedia", "Wikipedia page", ValueType.TEXT),
        _definition(org, "contact_form", "Contact form", ValueType.URL),
        _definition(org, "newsletter", "Gets the newsletter", ValueType.BOOLEAN),
        _definition(org, "last_met", "Last met", ValueType.DATETIME),
        _definition(org, "interests", "Interests", ValueType.MULTI_SELECT, choices=_INTERESTS),
    ]
    crm = _crm_definitions(org, committees) if organization.plan is Plan.ENTERPRISE else []
    every = [*common_definitions(org), *crm, *custom]
    return tuple(replace(each, position=position) for position, each in enumerate(every))


_INTERESTS = ("Delivery", "Returns", "Invoices", "Product advice")
_PARTIES = ("Democrat", "Independent", "Republican")


def _crm_definitions(org: str, committees: tuple[str, ...]) -> list[AttributeDefinition]:
    crm = AttributeCategory.CRM
    return [
        _definition(org, "account_number", "Account number", ValueType.TEXT, crm, is_editable=False),
        _definition(org, "chamber", "Chamber", ValueType.SELECT, crm, is_editable=False, choices=("House", "Senate")),
        _definition(org, "party", "Party", ValueType.SELECT, crm, is_editable=False, choices=_PARTIES),
        _definition(org, "state", "State", ValueType.TEXT, crm, is_editable=False),
        _definition(org, "district", "District", ValueType.NUMBER, crm, is_editable=False),
        _definition(org, "term_end", "End of term", ValueType.DATE, crm, is_editable=False),
        _definition(org, "terms_served", "Terms served", ValueType.NUMBER, crm, is_editable=False),
        _definition(
            org, "committees", "Committees", ValueType.MULTI_SELECT, crm, is_editable=False, choices=tuple(committees)
        ),
        _definition(org, "district_office_city", "District office", ValueType.TEXT, AttributeCategory.CRM),
        _definition(org, "district_office_phone", "District office phone", ValueType.PHONE, AttributeCategory.CRM),
    ]


def _definition(
    organization_id: str,
    key: str,
    label: str,
    value_type: ValueType,
    category: AttributeCategory = AttributeCategory.CUSTOM,
    *,
    is_editable: bool = True,
    rules: ValueRules | None = None,
    choices: tuple[str, ...] = (),
) -> AttributeDefinition:
    return AttributeDefinition(
        id=f"{organization_id}-{key}",
        key=key,
        label=label,
        category=category,
        value_type=value_type,
        position=0,
        rules=rules or ValueRules(),
        # By number and not by name: ids are unique among all options, and labels may repeat.
        options=tuple(Option(f"{organization_id}-{key}-{n}", each) for n, each in enumerate(choices, 1)),
        is_editable=is_editable,
        crm_alias=key if category is AttributeCategory.CRM else None,
    )
