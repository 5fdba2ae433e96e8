"""A table of invented people, as large as wanted, with a value of every type that a file can hold."""

from __future__ import annotations

import csv
from pathlib import Path

_FIRST = ("Ada", "Björn", "Chloé", "Dmitri", "Eun-ji", "Fatima", "Giulia", "Hàn", "İpek", "João")
_LAST = ("Abbott", "Brandt", "Castañeda", "Dvořák", "Eze", "Fischer", "Grant", "Hoang", "Ito", "Jensen", "Kowalski")
_CITIES = ("Lagos", "Lisbon", "Lima", "London", "Lyon", "Łódź", "Lucerne")
COLUMNS = ("name", "email", "phone", "twitter", "twitter_id", "url", "location", "birthday", "followers", "newsletter")

MAPPING = """
name = "name"

[[identities]]
network = "TWITTER"
handle = "twitter"
external_id = "twitter_id"

[[identities]]
network = "EMAIL"
handle = "email"

[[identities]]
network = "SMS"
handle = "phone"

[attributes]
email = "email"
phone = "phone"
website = "url"
location = "location"
birthday = "birthday"
followers = "followers"
newsletter = "newsletter"
"""


def write_people(folder: Path, count: int) -> Path:
    """Write `people.csv` of that many rows, with its mapping beside it; returns the table's path."""
    path = folder / "people.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(COLUMNS)
        rows.writerows(_row(number) for number in range(count))
    (folder / "people.toml").write_text(MAPPING, "utf-8")
    return path


def _row(number: int) -> tuple[object, ...]:
    first, last = _FIRST[number % len(_FIRST)], _LAST[number // 7 % len(_LAST)]
    return (
        f"{first} {last} {number}",
        f"person.{number}@example.com",
        f"202-{200 + number // 10_000 % 800:03}-{number % 10_000:04}",
        f"person_{number}",
        f"{10**9 + number}",
        f"https://example.com/people/{number}",
        f"{number % 500} High Street, {_CITIES[number % len(_CITIES)]}",
        f"{1940 + number % 60}-{1 + number % 12:02}-{1 + number % 28:02}",
        number % 9_973,
        "yes" if number % 3 else "no",
    )
