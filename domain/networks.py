"""The networks that people write from: what a front end draws of each, and how a person is named there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from domain.contacts import Network


class HandleKind(Enum):
    """What a handle of the network is."""

    USER_NAME = "USER_NAME"
    EMAIL = "EMAIL"
    PHONE = "PHONE"


@dataclass(frozen=True, slots=True)
class NetworkInfo:
    network: Network
    name: str
    """As the network calls itself: not translated."""
    logo_key: str
    """Names the logo for a front end that has them."""
    handle_kind: HandleKind = HandleKind.USER_NAME
    profile_url_pattern: str | None = None
    """With `{handle}` or `{external_id}` where it belongs; None where the network has no public profiles."""


_KNOWN = (
    NetworkInfo(Network.TWITTER, "X", "x", profile_url_pattern="https://x.com/{handle}"),
    NetworkInfo(Network.FACEBOOK, "Facebook", "facebook", profile_url_pattern="https://www.facebook.com/{handle}"),
    NetworkInfo(Network.INSTAGRAM, "Instagram", "instagram", profile_url_pattern="https://www.instagram.com/{handle}/"),
    # By the channel's id: a channel's name and its handle are two things, and either may stand in `handle`.
    NetworkInfo(
        Network.YOUTUBE, "YouTube", "youtube", profile_url_pattern="https://www.youtube.com/channel/{external_id}"
    ),
    NetworkInfo(Network.WHATSAPP, "WhatsApp", "whatsapp", HandleKind.PHONE),
    NetworkInfo(Network.LINKEDIN, "LinkedIn", "linkedin", profile_url_pattern="https://www.linkedin.com/in/{handle}/"),
    NetworkInfo(Network.TIKTOK, "TikTok", "tiktok", profile_url_pattern="https://www.tiktok.com/@{handle}"),
    NetworkInfo(Network.TELEGRAM, "Telegram", "telegram", profile_url_pattern="https://t.me/{handle}"),
    NetworkInfo(Network.EMAIL, "E-mail", "email", HandleKind.EMAIL),
    NetworkInfo(Network.SMS, "SMS", "sms", HandleKind.PHONE),
    NetworkInfo(Network.WEB_CHAT, "Web chat", "web-chat"),
)
NETWORKS: Mapping[Network, NetworkInfo] = {each.network: each for each in _KNOWN}
