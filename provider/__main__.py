"""The plugin's program, which the engine runs with its own address as the last argument."""

import sys
from pathlib import Path

# The engine runs this folder; the packages are in its parent.
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from provider.plugin import main

main(sys.argv[1:])
