"""The words: what tables, measures, grains, adjustments, snapshots and sections are. No planning arithmetic.

Everything else imports from here and nothing here imports from elsewhere. Start with `table`, `measure` and `panel` for
the data, `adjustment` and `scenario` for what people do, `section` and `stage` for what is computed, `grid` and
`spread` for why sums are exact.
"""
