"""Policy: the knobs that change how a plan is computed, their values, defaults and the stages that read them.

A dataset sets knobs in `[policy]`, a person by the adjustment `set_policy`. An unknown knob or value is refused.

>>> Policy.of({"workforce": "integer"})["workforce"], Policy.of({})["service_level_pct"]
('integer', 95.0)
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from equipoise.core.errors import EquipoiseError

KnobValue = str | float | bool


class WrongKnob(EquipoiseError):
    """A knob that does not exist, or a value it cannot take."""


@dataclass(frozen=True)
class Knob:
    """One knob: `choices` for words, `minimum`..`maximum` for numbers, neither for yes or no and for names."""

    name: str
    default: KnobValue
    stages: tuple[str, ...]
    meaning: str
    choices: tuple[str, ...] = ()
    minimum: float | None = None
    maximum: float | None = None

    def parse(self, value: object) -> KnobValue:
        """The value as this knob's type; WrongKnob says what it may be."""
        if self.choices:
            if value in self.choices:
                return str(value)
            raise WrongKnob(f"policy {self.name} = {value!r} is not possible; choose one of {', '.join(self.choices)}")
        if isinstance(self.default, str):
            if isinstance(value, str) and value:
                return value
            raise WrongKnob(f"policy {self.name} = {value!r} must be a name")
        if isinstance(self.default, bool):
            words = {"true": True, "false": False, "yes": True, "no": False}
            if isinstance(value, bool):
                return value
            if str(value).lower() in words:
                return words[str(value).lower()]
            raise WrongKnob(f"policy {self.name} = {value!r} must be true or false")
        try:
            number = float(str(value))
        except ValueError as error:
            raise WrongKnob(f"policy {self.name} = {value!r} must be a number") from error
        low = -float("inf") if self.minimum is None else self.minimum
        high = float("inf") if self.maximum is None else self.maximum
        if not low <= number <= high:
            raise WrongKnob(f"policy {self.name} = {value!r} must lie between {low:g} and {high:g}")
        return number


def _bias_correction(function: str) -> Knob:
    meaning = (
        f"Whether what {function} enters is corrected for the significant bias of its forecasts of closed buckets."
    )
    return Knob(f"bias_correction_{function}", "off", ("demand",), meaning, ("off", "on"))


def _percent(name: str, default: float, stages: tuple[str, ...], meaning: str) -> Knob:
    return Knob(name, default, stages, meaning, minimum=0, maximum=100)


KNOBS = (
    Knob(
        "baseline",
        "statistical",
        ("baseline",),
        "Where the baseline forecast comes from: our statistical forecast, or table forecast.",
        ("statistical", "imported"),
    ),
    Knob(
        "demand_capture",
        "orders",
        ("baseline",),
        "Which history trains the forecast: ordered quantities, shipped ones where orders are not known, or sell-out: "
        "shipped less returned.",
        ("orders", "shipments", "sell_out"),
    ),
    Knob(
        "cleansing",
        "events",
        ("baseline",),
        "Whether history is cleaned before forecasting: of known events and of stockouts, and as the next three knobs "
        "say; or left as it was but for what people hold (history_hold).",
        ("events", "none"),
    ),
    Knob(
        "outliers",
        "replace",
        ("baseline",),
        "What becomes of buckets of history that lie far from all around them and that no event explains: replaced by "
        "what their neighbors and the season say, or kept.",
        ("replace", "keep"),
    ),
    Knob(
        "level_shifts",
        "move",
        ("baseline",),
        "What becomes of history before a lasting step: moved to the new level, or kept.",
        ("move", "keep"),
    ),
    Knob(
        "missing_history",
        "zero",
        ("baseline",),
        "What a bucket without a row means between the first and the last row of an item in a market: nothing sold, or "
        "nothing known, so that it is filled from the buckets around it.",
        ("zero", "unknown"),
    ),
    Knob(
        "calendar_effects",
        "auto",
        ("baseline",),
        "Whether working days and moving holidays of the markets' calendars enter the forecast where they improve it.",
        ("auto", "none"),
    ),
    Knob(
        "indicators",
        "auto",
        ("baseline",),
        "Whether leading indicators of table indicators enter the forecast of the families that they improve.",
        ("auto", "none"),
    ),
    Knob(
        "reconciliation",
        "none",
        ("baseline",),
        "Whether the statistical forecast is reconciled with forecasts of totals: families in each market "
        "(within_markets), families over all markets (over_markets), or both and items over markets (crossed); the "
        "last two let what one market buys move the forecast of others.",
        ("none", "within_markets", "over_markets", "crossed"),
    ),
    Knob("consume_back", 0.0, ("demand",), "Buckets back in which orders may consume forecast.", minimum=0, maximum=60),
    Knob(
        "consume_forward",
        0.0,
        ("demand",),
        "Buckets ahead in which orders may consume forecast.",
        minimum=0,
        maximum=60,
    ),
    _percent("weight_sales_pct", 30.0, ("demand",), "Share of a sales input's difference that enters the consensus."),
    _percent("weight_marketing_pct", 20.0, ("demand",), "Share of a marketing input's difference in the consensus."),
    _percent("weight_product_pct", 20.0, ("demand",), "Share of a product manager's difference in the consensus."),
    _percent("weight_finance_pct", 0.0, ("demand",), "Share of a finance input's difference in the consensus."),
    *(_bias_correction(function) for function in ("sales", "marketing", "product", "finance")),
    Knob(
        "safety_stock",
        "policy",
        ("stock_targets",),
        "Safety stock by inventory_policy and service level, or none.",
        ("policy", "none"),
    ),
    Knob(
        "service_level_pct",
        95.0,
        ("stock_targets",),
        "Cycle service level where inventory_policy states none.",
        minimum=50,
        maximum=99.99,
    ),
    Knob(
        "workforce",
        "continuous",
        ("supply",),
        "Whether people may be planned in fractions or only in whole numbers.",
        ("continuous", "integer"),
    ),
    Knob(
        "unmet_demand",
        "backlog",
        ("supply",),
        "What happens to demand not served in its bucket, where the market does not say.",
        ("backlog", "lost"),
    ),
    Knob(
        "lots",
        "average",
        ("supply",),
        "How lots are planned: setup hours spread over the usual lot and lots not enforced (average), or in whole lots "
        "and orders with their setups, least sizes and multiples, by a search over whole numbers (whole).",
        ("average", "whole"),
    ),
    Knob("closing_backlog", True, ("supply",), "Whether backlog may remain at the end of the horizon."),
    Knob(
        "capacity",
        "rated",
        ("supply",),
        "Which capacity limits a resource without a rated one: none, or what recent full buckets demonstrated.",
        ("rated", "demonstrated"),
    ),
    Knob(
        "lead_time_rounding",
        "nearest",
        ("sourcing", "stock_targets", "supply"),
        "How a chain of lead time in days becomes buckets.",
        ("nearest", "up"),
    ),
    Knob(
        "holding_on",
        "closing",
        ("supply", "finance"),
        "Whether holding cost is taken on closing stock or on the average of opening and closing.",
        ("closing", "average"),
    ),
    Knob(
        "budget_version",
        "AOP",
        ("finance",),
        "Version of table budget beside which the plan is shown: the annual operating plan, or a reforecast.",
    ),
    Knob(
        "end_condition",
        "target",
        ("supply",),
        "How the plan ends: it runs on unseen past the horizon (target), or stops there with closing_min_qty at most.",
        ("target", "closing_min"),
    ),
    _percent(
        "stability_pct",
        0.0,
        ("supply",),
        "What a unit made more or less than the plan of record said counts for, of its standard cost: a wish to stay "
        "near it, no money.",
    ),
    Knob(
        "stability_buckets",
        3.0,
        ("supply",),
        "First buckets of the horizon in which production is to stay near the plan of record.",
        minimum=1,
        maximum=60,
    ),
    Knob(
        "tier",
        "optimum",
        ("supply",),
        "How the supply plan is found: the cheapest one that fits, a fast one by rules that fits, or the cheapest one "
        "as if capacity had no limit.",
        ("optimum", "heuristic", "infinite"),
    ),
)
BY_NAME = {knob.name: knob for knob in KNOBS}


def knob_named(name: str) -> Knob:
    """The knob; WrongKnob with the nearest names if there is none."""
    if name in BY_NAME:
        return BY_NAME[name]
    near = get_close_matches(name, BY_NAME, n=2)
    hint = f"; did you mean {' or '.join(near)}?" if near else f"; there are {', '.join(sorted(BY_NAME))}"
    raise WrongKnob(f"policy has no knob {name!r}{hint}")


@dataclass(frozen=True)
class Policy(Mapping[str, KnobValue]):
    """A value for every knob."""

    values_by_name: tuple[tuple[str, KnobValue], ...]

    @staticmethod
    def of(values: Mapping[str, object]) -> "Policy":
        """Defaults, with `values` over them."""
        given = {name: knob_named(name).parse(value) for name, value in values.items()}
        return Policy(tuple((knob.name, given.get(knob.name, knob.default)) for knob in KNOBS))

    def with_value(self, name: str, value: object) -> "Policy":
        """This policy with one knob set."""
        return Policy.of({**dict(self.values_by_name), name: value})

    def __getitem__(self, name: str) -> KnobValue:
        """The knob's value."""
        knob_named(name)
        return dict(self.values_by_name)[name]

    def __iter__(self) -> Iterator[str]:
        """Knob names in the order of the table."""
        return (name for name, _ in self.values_by_name)

    def __len__(self) -> int:
        """Number of knobs."""
        return len(self.values_by_name)

    def number(self, name: str) -> float:
        """The value of a knob that is a number."""
        return float(self[name])
