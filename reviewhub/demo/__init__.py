"""The demo: its world and what it shows. Only `reviewhub demo` comes here."""
