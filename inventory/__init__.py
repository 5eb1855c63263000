"""Products, lots, warehouses, bins, the stock ledger and its reservations."""
