"""The runner for anything that is not trusted."""
