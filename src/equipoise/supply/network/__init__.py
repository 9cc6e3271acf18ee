"""What the data say of a network: routes, flows, limits, stock rules, receipts, prices; read once, as arrays."""
