"""Numbers: percentiles, medians over rounds, ratios."""

from collections.abc import Iterable, Sequence
from statistics import median
from typing import Any

Figures = dict[str, Any]


def percentile(values: Iterable[float], share: float) -> float:
    """The value below which `share` per cent lie; 0.0 of nothing."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share / 100))] if ordered else 0.0


def middle(rounds: Sequence[Figures]) -> Figures:
    """Every figure's median over the rounds."""
    return {name: median(one[name] for one in rounds) for name in rounds[0]}


def ratio(ours: float, theirs: float) -> float | None:
    return round(ours / theirs, 2) if theirs else None


def tidy(value: Any) -> Any:
    """Three significant digits are more than a busy machine can repeat."""
    if isinstance(value, float):
        return float(f"{value:.3g}") if abs(value) < 1000 else round(value)
    if isinstance(value, dict):
        return {name: tidy(v) for name, v in value.items()}
    if isinstance(value, list | tuple):
        return [tidy(v) for v in value]
    return value
