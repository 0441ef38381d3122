"""A text becomes the tokens that the treebank would have."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from some_data import treebank_folder

from engine.tokens import tokenize

SAID = {
    "": "",
    "  \n\t ": "",
    "That was phenomenal": "that was phenomenal",
    "It wasn't bad!": "it was n't bad !",
    "I can't, won't, DON'T": "i ca n't , wo n't , do n't",
    "I'm sure they've said it's what we'd like": "i 'm sure they 've said it 's what we 'd like",
    "you'll see, they're right": "you 'll see , they 're right",
    "it was n't what 's best": "it was n't what 's best",
    "the film’s best": "the film 's best",
    "O'Fallon's c'mon d'etre": "o'fallon 's c'mon d'etre",
    '"Good," he said. ("Really?")': "`` good , '' he said . ( `` really ? '' )",
    "“Good”": "`` good ''",
    "`` good ''": "`` good ''",
    "well...okay": "well ... okay",
    "Wait… what?": "wait ... what ?",
    "not good—bad -- really": "not good -- bad -- really",
    "a well-made, over-the-top film": "a well-made , over-the-top film",
    "Mr. Smith's U.S. tour.": "mr. smith 's u.s. tour .",
    "good. Bad.": "good . bad .",
    "a 3.5/10 in the '90s, for $1,000": "a 3.5/10 in the '90s , for $1,000",
    "great!!! :-)": "great ! ! ! : - )",
    "so good 😀👍🏽": "so good 😀 👍 🏽",
    "👨‍👩‍👧": "👨 👩 👧",  # joined by characters that are not seen
    "I \u2764\ufe0f it": "i \u2764 it",  # which picture is meant is no word
    "İstanbul x\u0301": "istanbul x",  # a mark that no letter takes
    "naïve café": "naïve café",
    "cafe\u0301": "café",
    "שלום, עולם!": "שלום , עולם !",
    "a\u0000b\u0007c": "a b c",
    "zero\u200bwidth \u202eturned": "zerowidth turned",
}


@pytest.mark.parametrize("text", SAID, ids=repr)
def test_a_text_has_the_tokens_that_a_person_would_say(text: str) -> None:
    assert tokenize(text) == SAID[text].split()


@given(st.text(max_size=60))
def test_tokens_hold_no_space_and_stay_as_they_are(text: str) -> None:
    tokens = tokenize(text)
    assert all(token and not any(c.isspace() for c in token) for token in tokens)
    again = tokenize(" ".join(tokens))
    assert "".join(again) == "".join(tokens) or '"' in text


@given(st.lists(st.from_regex(r"[a-z]+(-[a-z]+)?|[.,;:!?()]|n't|'s|\.\.\.|--", fullmatch=True), max_size=12))
def test_tokens_with_spaces_between_them_are_read_back(tokens: list[str]) -> None:
    assert tokenize(" ".join(tokens)) == tokens


def test_ten_thousand_words_are_no_trouble() -> None:
    assert len(tokenize("not bad at all, " * 2000)) == 10_000


def test_the_treebanks_own_tokens_are_read_back() -> None:
    lines = (treebank_folder() / "sentences.train.tsv").read_text("utf-8").splitlines()
    tokens = [line.split("\t")[1].lower().split(" ") for line in lines]
    assert sum(tokenize(" ".join(one)) == one for one in tokens) > 0.99 * len(tokens)
