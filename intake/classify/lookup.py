"""Find many words in one pass: leftmost, the longest where several begin (Aho-Corasick)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from ahocorasick_rs import AhoCorasick, Implementation, MatchKind


class Words:
    """A fixed list of words; a regular expression of some thousand alternatives took a tenth of the whole time."""

    def __init__(self, words: Iterable[str]) -> None:
        self.words = sorted(set(words))
        self._automaton = AhoCorasick(
            self.words, matchkind=MatchKind.LeftmostLongest, implementation=Implementation.DFA
        )

    def find(self, text: str) -> Iterator[tuple[str, int, int]]:
        """(word, start, end) of each place, in order, never overlapping."""
        words = self.words
        return ((words[i], a, b) for i, a, b in self._automaton.find_matches_as_indexes(text))

    def found(self, text: str) -> list[str]:
        """The words of each place, in order."""
        words = self.words
        return [words[i] for i, _, _ in self._automaton.find_matches_as_indexes(text)]


class Anchored:
    """A large expression that is only tried where its first signs stand: some five times as fast as searching with it."""

    def __init__(self, first: str, pattern: str) -> None:
        """first: an expression for the first signs that begins with one class of signs; every match must begin so"""
        self._first = re.compile(first)
        self._pattern = re.compile(pattern)

    def finditer(self, text: str) -> Iterator[re.Match[str]]:
        at, match_at = 0, self._pattern.match
        for place in self._first.finditer(text):
            start = place.start()
            if start >= at and (match := match_at(text, start)):
                yield match
                at = max(match.end(), start + 1)

    def search(self, text: str) -> re.Match[str] | None:
        return next(self.finditer(text), None)


class Gated:
    """A large expression that is only tried on texts with one of its plain words."""

    def __init__(self, words: str, pattern: str) -> None:
        """words: parted by spaces; every match must contain one of them"""
        self._words = words.split()
        self._pattern = re.compile(pattern)

    def finditer(self, text: str) -> Iterator[re.Match[str]]:
        for word in self._words:
            if word in text:
                return self._pattern.finditer(text)
        return iter(())


class Behind:
    """An expression without a fixed beginning that is only tried shortly before its last signs."""

    def __init__(self, last: str, pattern: str, reach: int) -> None:
        """last: an expression for the last signs that begins with one class of signs; reach: signs before it"""
        self._last = re.compile(last)
        self._pattern = re.compile(pattern)
        self._reach = reach

    def finditer(self, text: str) -> Iterator[re.Match[str]]:
        at = 0
        for place in self._last.finditer(text):
            match = self._pattern.search(text, max(at, place.start() - self._reach), place.end() + 4)
            if match:
                yield match
                at = match.end()
