"""Benchmarks: `make bench NAME=pages`. Each prints a table and writes bench/results/<name>.json."""
