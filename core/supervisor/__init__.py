"""Start web server and workers, watch them from outside, restart what is silent."""
