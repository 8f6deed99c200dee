"""``python -m clickstream_local`` is the ``clickstream`` command."""

from clickstream_local.cli import main

main()
