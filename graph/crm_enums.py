"""The enums of the CRM, each value described for a front-end developer."""

from domain.crm import FailureReason
from domain.crm_merge import Side
from domain.definitions import SyncRule
from graph.enums import describe

describe(
    FailureReason,
    "Why the CRM could not be asked, or its answer not be used. Reasons may be added.",
    name="CrmFailureReason",
    TIMED_OUT="It did not answer in time.",
    UNREACHABLE="Its address is unknown, refused the connection, broke it off, or has no certificate to be trusted.",
    RATE_LIMITED="It was asked too often.",
    SERVER_ERROR="It failed.",
    UNAUTHORIZED="It does not accept the credentials, or they lack a permission.",
    ADDRESS_REFUSED="Its address is private or not HTTPS, which the server's operator has not allowed.",
    REDIRECTED="It answered with another address: give that one.",
    TOO_LARGE="It answered with more than is read.",
    UNREADABLE="Its answer is not of the shape that was agreed on.",
    REFUSED="It does not accept the request as it is.",
    PAUSED="It failed too often, and is left alone for a while.",
)
describe(
    SyncRule,
    "Whose value an attribute of the CRM keeps, where the CRM's and ours differ and nobody here has edited ours since. "
    "Where somebody has, both are shown as a conflict.",
    name="CrmSyncRule",
    ALWAYS_CRM="The CRM's.",
    PREFER_CRM="The CRM's, unless it is blank there.",
    MOST_RECENT="Whichever was changed last.",
    NEVER="Ours: the attribute is not exchanged with the CRM.",
)
describe(
    Side,
    "One of two values that are in conflict.",
    name="CrmConflictSide",
    CRM="What the CRM holds.",
    LOCAL="What an agent has set here.",
)
