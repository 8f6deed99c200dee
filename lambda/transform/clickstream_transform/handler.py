"""The Lambda entry point: reads the asset's configuration once and hands every batch to the harness.

``options.json``, and for click events ``schema.json``, lie beside the package, or where the environment variable
``CLICKSTREAM_CONFIG_DIR`` says. ``CLICKSTREAM_REJECT_STREAM`` names the delivery stream for rejected events.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from clickstream_transform.contract.processor import Processor
from clickstream_transform.errors import ConfigError
from clickstream_transform.harness import Harness, LambdaContext
from clickstream_transform.options import Options


def handler(event: Mapping[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Transform one batch of Firehose records."""
    return _harness().handle(event, context)


def load_harness(folder: str, reject_stream: str | None) -> Harness:
    """The harness that a folder's ``schema.json`` and ``options.json`` describe.

    Raises:
        ConfigError: a file is missing or no JSON, or what it says cannot work.
    """
    options = Options.from_dict(_read(folder, "options.json"))
    return Harness(_processor(folder, options), options, reject_stream=reject_stream)


def _processor(folder: str, options: Options) -> Processor:
    # Only what is used is imported: the rest would be cold start.
    if options.processor == "click":
        from clickstream_transform.click.click import ClickProcessor
        from clickstream_transform.columns.schema import Schema

        return ClickProcessor(Schema.from_dict(_read(folder, "schema.json")), options)
    if options.processor == "per_event":
        from clickstream_transform.contract.per_event import PerEvent

        return PerEvent.load(folder, options.function)
    from clickstream_transform.blueprints import make_blueprint

    return make_blueprint(options)


@lru_cache(maxsize=1)
def _harness() -> Harness:
    folder = os.environ.get("CLICKSTREAM_CONFIG_DIR")
    return load_harness(
        folder or os.path.dirname(os.path.dirname(__file__)),  # noqa: PTH120
        os.environ.get("CLICKSTREAM_REJECT_STREAM") or None,
    )


def _read(folder: str, name: str) -> Any:
    # Not by pathlib, whose import would be a tenth of a cold start.
    path = os.path.join(folder, name)  # noqa: PTH118
    try:
        with open(path, encoding="utf-8") as file:  # noqa: PTH123
            return json.load(file)
    except FileNotFoundError:
        raise ConfigError(
            f"{path} is missing; put schema.json and options.json beside the package, or set CLICKSTREAM_CONFIG_DIR"
        ) from None
    except ValueError as error:
        raise ConfigError(f"{path} is not JSON: {error}") from error
