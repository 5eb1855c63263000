"""Which box, how many parcels, and where each unit lies: pure, deterministic for equal input."""
