"""Definitions: their options and the language of their labels."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from domain.definitions import Option, localised
from tests.builders import SIZES, a_definition

LABELS = {"de": "Größe", "pt-br": "Tamanho", "fr": "Taille", "fr-ca": "Grandeur", "it": ""}


def test_an_option_is_found_by_its_id_archived_or_not() -> None:
    definition = a_definition("size", options=SIZES)
    assert definition.option("size-m") == Option("size-m", "Medium")
    assert definition.option("size-x") == Option("size-x", "Huge", {}, True)
    assert definition.option("Medium") is None


@pytest.mark.parametrize(
    ("languages", "label"),
    [
        (["de", "en"], "Größe"),
        (["DE", "en"], "Größe"),
        (["de-AT", "en"], "Größe"),
        (["pt-BR", "en"], "Tamanho"),
        (["fr-CA", "de", "en"], "Grandeur"),
        (["fr-BE", "de", "en"], "Taille"),
        (["ja", "de", "en"], "Größe"),
        # The exact tag has a label, its primary language has none.
        (["pt", "en"], "Size"),
        (["it", "de", "en"], "Größe"),
        (["ja", "en"], "Size"),
        (["*", "en"], "Size"),
        (["en"], "Size"),
        ([], "Size"),
    ],
)
def test_a_label_is_in_the_first_language_that_has_one(languages: Sequence[str], label: str) -> None:
    assert localised("Size", LABELS, languages) == label


@pytest.mark.parametrize("languages", [["en", "de", "en"], ["en-US", "de", "en"], ["EN", "de", "en-GB"]])
def test_who_prefers_the_language_of_the_label_gets_no_translation(languages: Sequence[str]) -> None:
    assert localised("Size", LABELS, languages) == "Size"


def test_a_translation_into_the_language_itself_is_taken() -> None:
    assert localised("Size", {"en-gb": "Magnitude", "de": "Größe"}, ["en-GB", "de", "en"]) == "Magnitude"


def test_a_label_without_translations_is_itself() -> None:
    assert localised("Size", {}, ["de", "en"]) == "Size"
