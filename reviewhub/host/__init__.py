"""Issuers' plugins: find, check, snapshot, run. Their code never runs in a process of ours."""
