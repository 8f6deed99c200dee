"""The transform function: Firehose records of click events in, one JSON line per event out.

The package is the Lambda asset: standard library only, boto3 imported only when something has to be put.
``handler.handler`` is the entry point; ``harness`` keeps the Firehose contract; a ``Processor`` turns events into rows.
"""
