"""The style sheets of an app, read once: the framework reads every one of them again for each pane and each theme."""

from __future__ import annotations

from textual.cache import LRUCache
from textual.css.model import RuleSet
from textual.css.stylesheet import Stylesheet
from textual.css.types import CSSLocation

RuleSet.__hash__ = object.__hash__  # type: ignore[method-assign]
"""The same answer, an object being only itself, without a call of Python for each rule and each widget."""
KEPT = 512
"""Sheets kept, each as a theme colours it."""
_read: LRUCache[tuple[object, ...], list[RuleSet]] = LRUCache(KEPT)


class KeptStylesheet(Stylesheet):
    """Reads a style sheet only when its text or the variables in it are new to this process."""

    def __init__(self, *, variables: dict[str, str] | None = None) -> None:
        super().__init__(variables=variables)
        self._coloured = frozenset(self._variables.items())

    def set_variables(self, variables: dict[str, str]) -> None:
        super().set_variables(variables)
        self._coloured = frozenset(variables.items())

    def _parse_rules(
        self, css: str, read_from: CSSLocation, is_default_rules: bool = False, tie_breaker: int = 0, scope: str = ""
    ) -> list[RuleSet]:
        key = (css, read_from, is_default_rules, tie_breaker, scope, self._coloured)
        rules = _read.get(key)
        if rules is None:
            rules = super()._parse_rules(css, read_from, is_default_rules, tie_breaker, scope)
            if not any(rule.errors for rule in rules):
                _read[key] = rules
        return rules

    def reparse(self) -> None:
        """Take up new variables. The framework does it in a sheet of its own kind, which would keep nothing."""
        self._invalid_css = set()
        self.parse()
