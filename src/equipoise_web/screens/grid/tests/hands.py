"""Somebody at the grid, who sees and writes what the script of its page does."""

import json

from django.urls import reverse

from equipoise_web.reads.grid_bytes import from_bytes

MARCH = "4"


class Hands:
    """Somebody at the grid: knows the numbers as the page does."""

    def __init__(self, client, user, query=""):
        self.client, self.user, self.query = client, user, f"?{query}" if query else ""
        client.force_login(user)
        self.load()

    def load(self):
        answer = self.client.get(reverse("grid:numbers") + self.query)
        assert answer.status_code == 200, answer.content
        raw = answer.content
        self.header = from_bytes(raw)[0]
        count = self.header["shape"][0] * self.header["shape"][1] * self.header["shape"][2]
        _, (values, marks) = from_bytes(raw, ("<f8", count), ("u1", count))
        self.values, self.marks = values.copy(), marks.copy()
        self.state, self.seen = self.header["state"], self.header["seen"]
        return self

    def place(self, measure, row, mark):
        names = [line["name"] for line in self.header["lines"]]
        marks = [column["mark"] for column in self.header["columns"]]
        _, rows, columns = self.header["shape"]
        return (names.index(measure) * rows + self.header["keys"].index(row)) * columns + marks.index(mark)

    def value(self, measure, row, mark=MARCH):
        return float(self.values[self.place(measure, row, mark)])

    def mark(self, measure, row, mark=MARCH):
        return int(self.marks[self.place(measure, row, mark)])

    def post(self, name, **body):
        self.client.force_login(self.user)
        sent = {"since": self.state, "seen": self.seen, **body}
        address = reverse(f"grid:{name}") + self.query
        return self.take(self.client.post(address, json.dumps(sent), content_type="application/json"))

    def poll(self):
        self.client.force_login(self.user)
        address = reverse("grid:changes") + (self.query or "?")
        return self.take(self.client.get(f"{address}&since={self.state}"))

    def take(self, answer):
        if answer.status_code == 200:
            count = from_bytes(answer.content)[0]["cells"]
            header, (values, places, marks) = from_bytes(answer.content, ("<f8", count), ("<i4", count), ("u1", count))
            self.values[places], self.marks[places] = values, marks
            self.state, self.seen, self.last = header["state"], header["seen"], header
        return answer

    def edit(self, *cells, **more):
        return self.post("edit", cells=[list(cell) for cell in cells], **{"reason": "Second shelf", **more})
