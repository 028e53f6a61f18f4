"""`python -m tests.plugins.killed_sync DATA DATABASE PLUGINS STEP`: a sync that kills itself at this step.

As kill -9 would: before and after the code of each plugin is kept, and around the one commit. With step 0 it
tells the steps that there are.
"""

import sys
from dataclasses import replace
from pathlib import Path

from reviewhub.bootstrap import build
from reviewhub.host import gather
from reviewhub.services.sync import sync
from reviewhub.settings import Settings
from tests.faults.mortal import Steps, mortal


def main(data, database, plugins, step):
    steps = Steps(int(step))
    keep = gather.keep

    def keeping(store, copy, issuer, digest):
        steps(f"before {issuer} is kept")
        keep(store, copy, issuer, digest)
        steps(f"after {issuer} is kept")

    gather.keep = keeping
    kit = build(Settings(data=Path(data), database_url=database, secret="never used"))
    sync(replace(mortal(kit, steps), plugins=kit.plugins), [Path(plugins)])
    sys.stdout.write("\n".join(steps.names) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
