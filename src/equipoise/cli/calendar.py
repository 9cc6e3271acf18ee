"""`equipoise calendar COUNTRY --as NODE`: rows of table calendars for the holidays of a country."""

import csv
import io

import click

from equipoise.cli.options import Session, shared_options


@click.command("calendar")
@click.argument("country", metavar="COUNTRY")
@click.option("--as", "name", metavar="NAME", required=True, help="Market, customer, channel, region or calendar.")
@click.option("--from", "first", metavar="YEAR", required=True, type=click.IntRange(1950, 2200), help="First year.")
@click.option("--to", "last", metavar="YEAR", required=True, type=click.IntRange(1950, 2200), help="Last year.")
@shared_options
def command(session: Session, country: str, name: str, first: int, last: int) -> int:
    """Write the holidays of a country as rows of table calendars.

    COUNTRY is an ISO code such as DE, or US-CA with its state. A calendar named as a market, or as the customer,
    channel or region above it, says when its customers buy; take three years of the past and all years of the plan.
    Rows of your own, such as a plant's holidays, stand in the same table under other names.
    """
    from equipoise.cli.screen import print_line
    from equipoise.intake.country_calendar import country_rows

    if last < first:
        raise click.BadParameter(f"{last} lies before {first}", param_hint="--to")
    columns = ("calendar", "date", "working", "note")
    rows = [
        dict(zip(columns, row, strict=True))
        for row in country_rows(country, calendar=name, years=range(first, last + 1))
    ]

    def show() -> None:
        text = io.StringIO()
        writer = csv.DictWriter(text, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
        print_line(text.getvalue().rstrip("\n"))

    shown = [{**row, "date": str(row["date"])} for row in rows]
    return session.finish({"format": 1, "command": "calendar", "rows": shown}, show)
