"""`python -m graph`: the commands, where the installed `contact-graph` is not at hand."""

import sys

from graph.cli import main

sys.exit(main())
