"""The child process: `python -m config_check FOLDER SECONDS` prints what is wrong in FOLDER/hub as JSON."""

import gc
import json
import os
import sys
from pathlib import Path
from typing import cast


def main() -> None:
    """Check the configuration. Whatever that prints goes to standard error; standard output is for the answer."""
    folder, seconds = Path(sys.argv[1]), float(sys.argv[2])
    answer = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    # jsonschema, of which JupyterHub needs none of that, builds a grammar of all URLs if it finds this. It would take
    # half of the time.
    cast("dict[str, object]", sys.modules)["rfc3987_syntax"] = None
    # What is imported stays. To look through it for garbage, again and again, would take a tenth of the time.
    gc.disable()
    from config_check import image, watch  # noqa: PLC0415 see above
    from config_check.check import check  # noqa: PLC0415 see above
    from config_check.child import PACKAGES  # noqa: PLC0415 see above

    gc.freeze()
    gc.enable()
    # From here on the configuration finds what it finds in the pod: the rest of this program is not there.
    program = Path(__file__).parent.parent
    sys.path[:] = [entry for entry in sys.path if Path(entry) != program]
    ours, own = image.required(), image.required(folder / PACKAGES)
    sys.meta_path.insert(0, image.ImageOnly(folder / "hub", [*ours, *own]))
    sys.addaudithook(watch.audit)
    found = check(folder, seconds=seconds)
    json.dump(
        found._replace(mistakes=[*image.differences(ours), *image.own_differences(own), *found.mistakes])._asdict(),
        answer,
    )
    answer.flush()
    # Threads that the configuration started need not be waited for.
    os._exit(0)


if __name__ == "__main__":
    main()
