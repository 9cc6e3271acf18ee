"""The names by which a planning workbook is known again. Nothing is imported: the child that reads one needs them."""

MAGIC = "equipoise planning grid 1"
"""First cell of the sheet that holds the ticket; its number is that of the layout."""
TICKET_SHEET = "equipoise"
ROW_MARK, LINE_MARK, COLUMN_MARK = "equipoise:row", "equipoise:measure", "equipoise:column:"
"""What names the hidden columns and every column of numbers, in a hidden row."""
