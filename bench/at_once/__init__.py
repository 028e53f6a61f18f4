"""Many processes on one PostgreSQL: what `make bench NAME=concurrency` stands on."""
