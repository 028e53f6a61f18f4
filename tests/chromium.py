"""Finding the machine's Chromium and starting it quietly."""

import os
import shutil

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
NAMES = ("chromium", "chromium-browser", "google-chrome")


def find_chromium():
    """The path of a Chromium: REVIEWHUB_CHROMIUM, else the first on PATH, else None."""
    return os.environ.get("REVIEWHUB_CHROMIUM") or next((p for n in NAMES if (p := shutil.which(n))), None)
