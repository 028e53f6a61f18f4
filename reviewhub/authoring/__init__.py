"""Tools for issuers who write a plugin: they need no database and no running server."""
