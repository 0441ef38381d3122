"""A text into tokens as the Penn Treebank has them: lower case, punctuation alone, `n't` and `'s` apart."""

from __future__ import annotations

import re
import unicodedata

QUOTES = str.maketrans({"’": "'", "‘": "'", "`": "`", "“": '"', "”": '"', "…": "...", "—": " -- ", "–": "-"})
"""What keyboards and editors write, as the treebank writes it."""

TAIL = re.compile(r"(?<=\w)(n't|'(?:s|re|ve|ll|d|m))(?!\w)")
"""What is split off the end of a word."""

OPENING = re.compile(r'(?<![^\s(\[{])"(?=\S)')
"""A straight quotation mark that opens: after a space, before a word. Any other closes."""

MARKS = re.compile("[\u0300-\u036f\u20d0-\u20ff\ufe00-\ufe0f]")
"""Accents that are no part of a letter, and which picture is meant of an emoji: none of them is a word."""

TOKEN = re.compile(
    r"""
      \.\.+ | --+ | \*+ | `` | ''                             # dots, dashes, quotes
    | n't(?!\w) | '(?:s|re|ve|ll|d|m|em|til|n|tis|twas|round|cause)(?!\w) | '\d\ds(?!\w)
    | (?:mr|mrs|ms|dr|jr|sr|st|vs|etc|prof|rev|lt|col|gen|co|inc)\.(?!\w)
    | (?:[^\W\d_]\.)+(?![\w])                              # j. and u.s.
    | [$£€]?\d+(?:[.,:/]\d+)*\w*(?:[-/]\w+)*               # 3.5, 1,000, 20th-century
    | \w+(?:(?:[-./*&]|\\/|'(?!(?:s|re|ve|ll|d|m)(?!\w)))\w+)*   # self-made, o'fallon
    | \S                                                   # anything else stands alone
    """,
    re.VERBOSE,
)


def tokenize(text: str) -> list[str]:
    """`"It wasn't bad!"` -> `["it", "was", "n't", "bad", "!"]`. Tokens with spaces between them stay."""
    text = unicodedata.normalize("NFC", text).translate(QUOTES).lower()
    text = "".join(" " if c.isspace() else c for c in text if unicodedata.category(c) != "Cf")
    text = "".join(" " if unicodedata.category(c)[0] == "C" else c for c in text)
    text = MARKS.sub("", text)
    text = OPENING.sub(" `` ", text).replace('"', " '' ")
    return TOKEN.findall(TAIL.sub(r" \1 ", text))
