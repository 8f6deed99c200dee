"""``python -m clickstream_producer`` is the command ``clickstream-producer``."""

from __future__ import annotations

import sys

from clickstream_producer.cli import main

sys.exit(main())
