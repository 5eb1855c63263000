"""Pure rules of orders: no database, no clock, no framework."""
