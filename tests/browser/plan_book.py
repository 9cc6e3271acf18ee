"""A downloaded workbook of the planning grid, as somebody edits it in a spreadsheet program."""

import io

import openpyxl

CONSENSUS, MARCH = "demand_consensus_qty", "4"
ROW, MEASURE, COLUMN = "equipoise:row", "equipoise:measure", "equipoise:column:"
MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class PlanBook:
    """Cells by row, bucket and measure, found by their hidden names."""

    def __init__(self, data):
        self.book = openpyxl.load_workbook(io.BytesIO(data))
        self.plan = self.book["Plan"]
        names = {cell.value: cell for row in self.plan.iter_rows(max_row=10) for cell in row if cell.value}
        self.head = names[ROW].row
        self.columns = {str(name).removeprefix(COLUMN): cell.column for name, cell in names.items()}
        row, measure = names[ROW].column, names[MEASURE].column
        self.rows = {
            (self.plan.cell(at, measure).value, self.plan.cell(at, row).value): at
            for at in range(self.head + 1, self.plan.max_row + 1)
        }

    def cell(self, row, mark=MARCH, line=CONSENSUS):
        return self.plan.cell(self.rows[line, row], self.columns[mark])

    def type(self, row, value, mark=MARCH, line=CONSENSUS):
        self.cell(row, mark, line).value = value
        return self

    def bytes(self):
        """The workbook, saved."""
        made = io.BytesIO()
        self.book.save(made)
        return made.getvalue()

    def file(self, name):
        """What a browser uploads."""
        return {"name": name, "mimeType": MEDIA_TYPE, "buffer": self.bytes()}
