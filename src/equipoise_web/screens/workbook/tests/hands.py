"""Somebody with a browser and a spreadsheet library, for a round trip of the planning grid."""

import re

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from browser.plan_book import CONSENSUS, MARCH, PlanBook
from equipoise_web.access import access_of
from equipoise_web.actions.edit_cells import edit_cells
from equipoise_web.reads.grid_edit import read_typed
from equipoise_web.reads.grid_numbers import numbers_now, working_name
from equipoise_web.reads.grid_rows import read_rows
from equipoise_web.reads.grid_state import last_seen
from equipoise_web.reads.grid_typed import TypedCell
from equipoise_web.reads.grid_view import GridView

QUERY = f"rows=family,item&measures=demand_baseline_qty,{CONSENSUS}"


class Hands:
    """Somebody with a browser and a spreadsheet program."""

    def __init__(self, client, user):
        self.client, self.user, self.who = client, user, access_of(user)

    def download(self, query=QUERY):
        self.client.force_login(self.user)
        answer = self.client.get(f"{reverse('workbook:download')}?{query}")
        assert answer.status_code == 200, answer.content
        return answer

    def book(self, query=QUERY):
        return PlanBook(self.download(query).content)

    def upload(self, data, name="plan.xlsx"):
        self.client.force_login(self.user)
        sent = data if isinstance(data, bytes) else data.bytes()
        return self.client.post(reverse("workbook:upload"), {"workbook": SimpleUploadedFile(name, sent)})

    def compare(self, data):
        answer = self.upload(data)
        assert answer.status_code == 302, said(answer)
        self.address = answer.url
        return self.look()

    def look(self, state=""):
        page = self.client.get(self.address + (f"?state={state}" if state else ""))
        assert page.status_code == 200
        self.page = page.context
        return {line.cell.name: line.cell for line in self.page["shown"].lines}

    def accept(self, *names, **more):
        sent = {"cell": list(names), "seen": self.page["seen"], "key": self.page["key"], "reason": "Second shelf"}
        return self.client.post(self.address, {**sent, **more})

    def now(self, row, mark=MARCH, line=CONSENSUS, query=QUERY):
        rows = self.rows(query)
        place = [column.mark for column in rows.columns.all].index(mark)
        return float(rows.values[rows.lines.index(line), rows.tree.by_key[row], place])

    def rows(self, query=QUERY):
        from urllib.parse import parse_qsl

        return read_rows(numbers_now(self.who), GridView.of_query(dict(parse_qsl(query))), who=self.who)

    def edit(self, row, text, mark=MARCH):
        """Type into the grid itself."""
        rows = self.rows()
        place = [column.mark for column in rows.columns.all].index(mark)
        made = read_typed(rows, [TypedCell(rows.lines.index(CONSENSUS), rows.tree.by_key[row], place, text)], self.who)
        assert made.bodies, made.rejected
        axes = rows.numbers.plan.axes
        more = {"scenario": working_name(), "axes": axes, "label": made.label, "seen": last_seen(), "reason": "Shelf"}
        return edit_cells(self.who, made.bodies, **more)


def said(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def name_of(row, mark=MARCH, line=CONSENSUS):
    return f"{line}|{row}|{mark}"
