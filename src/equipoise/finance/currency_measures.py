"""What other currencies add to the data dictionary: the planning rate inside every price and cost."""

from equipoise.core.measure import Grain, Measure, OverTime, Unit


def _rate(name: str, grain: Grain, label: str, meaning: str) -> Measure:
    return Measure(name, grain, Unit.RATIO, "prices", label, meaning, OverTime.NONE, nullable=True)


CURRENCY_MEASURES: tuple[Measure, ...] = (
    _rate(
        "sales_exchange_ratio",
        Grain.DEMAND,
        "Exchange rate of the price",
        "Dataset currency for one unit of the currency in which the price stands, after changes of exchange rates; 1 "
        "for the dataset's own.",
    ),
    _rate(
        "cost_exchange_ratio",
        Grain.STOCK,
        "Exchange rate of the cost",
        "Dataset currency for one unit of the currency in which the standard cost stands, after changes of exchange "
        "rates; 1 for the dataset's own.",
    ),
)
