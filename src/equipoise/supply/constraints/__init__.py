"""The constraints of the supply model, one family a file, each with its equation in words and symbols.

Symbols, with rows and bucket t as indices: x units started or delivered, s shipments, I closing stock, B backlog,
L lost sales, r regular and o overtime clock hours, w workers, h hired, f laid off, d demand, y yield, a standard hours
per unit, e standard hours per clock hour, z what leaves a stock (shelf life) or the share of an extra shift (load).
"""
