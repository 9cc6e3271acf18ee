"""The round trip of the planning grid through a spreadsheet: download, edit offline, upload, compare, accept."""
