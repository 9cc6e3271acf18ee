"""A dataset to fill in: a folder of CSV files with their headings, or a workbook with a sheet per table.

The folder is empty and has README.md on every column. The workbook holds a company of one item, so that it is a valid
dataset as it stands; its heading cells and sheet `help` explain every column. All of it is made from
`core.tables.TABLES` and `core.knob.KNOBS`, so a template never differs from what is read.
"""

from equipoise.template.folder import FolderNotEmpty, template_files, write_template
from equipoise.template.workbook import FileExists, write_workbook

__all__ = ["FileExists", "FolderNotEmpty", "template_files", "write_template", "write_workbook"]
