"""Rules of arrivals and receipts, without a database."""
