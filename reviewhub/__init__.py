"""ReviewHub: blind double scoring of evidence for micro-credentials."""

__version__ = "0.1.0"
