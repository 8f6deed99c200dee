"""The Lambda entry point: reads the asset's configuration once and hands every batch to the harness.

``options.json``, and for click events ``columns.json``, lie beside the package, or where the environment variable
``CLICKSTREAM_CONFIG_DIR`` says. ``CLICKSTREAM_REJECT_STREAM`` names the delivery stream for rejected events,
``CLICKSTREAM_CONTEXT_TOKENS`` holds the tokens of context lines, with commas between them.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from clickstream_transform.contract.processor import Processor
from clickstream_transform.errors import ConfigError
from clickstream_transform.harness import Harness, LambdaContext
from clickstream_transform.options import Options

if TYPE_CHECKING:
    from clickstream_transform.columns.compiled_column import Columns

# Not by pathlib, whose import would be a tenth of a cold start.
_PACKAGE = os.path.dirname(__file__)  # noqa: PTH120


def handler(event: Mapping[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Transform one batch of Firehose records."""
    return _harness().handle(event, context)


def load_harness(folder: str, reject_stream: str | None, context_tokens: Sequence[str] = ()) -> Harness:
    """The harness that a folder's ``options.json`` and ``columns.json`` describe.

    Parameters
    ----------
    folder:
        Without ``columns.json`` in it, the columns are those of the bundled click event.
    reject_stream, context_tokens:
        As in :class:`~clickstream_transform.harness.Harness`.

    Raises
    ------
    ConfigError
        A file is missing or not JSON, or what it says cannot work.
    """
    options = Options.from_dict(_read(folder, "options.json"))
    processor = _processor(folder, options)
    return Harness(processor, options, reject_stream=reject_stream, context_tokens=context_tokens)


def _processor(folder: str, options: Options) -> Processor:
    # Only what is used is imported: the rest would be cold start.
    if options.processor == "click":
        from clickstream_transform.click.click import ClickProcessor
        from clickstream_transform.columns.compiled_column import read_columns

        own = _own_columns(folder)
        return ClickProcessor(read_columns(_read(_PACKAGE, "click.columns.json")) if own is None else own, options)
    if options.processor == "per_event":
        from clickstream_transform.contract.per_event import PerEvent

        return PerEvent.load(folder, options.function, _own_columns(folder))
    from clickstream_transform.blueprints import make_blueprint

    return make_blueprint(options, _own_columns(folder))


def _own_columns(folder: str) -> Columns | None:
    """The columns that the synth has compiled; None without any."""
    from clickstream_transform.columns.compiled_column import read_columns

    own = os.path.exists(os.path.join(folder, "columns.json"))  # noqa: PTH110, PTH118
    return read_columns(_read(folder, "columns.json")) if own else None


@lru_cache(maxsize=1)
def _harness() -> Harness:
    folder = os.environ.get("CLICKSTREAM_CONFIG_DIR")
    return load_harness(
        folder or os.path.dirname(_PACKAGE),  # noqa: PTH120
        os.environ.get("CLICKSTREAM_REJECT_STREAM") or None,
        tuple(filter(None, os.environ.get("CLICKSTREAM_CONTEXT_TOKENS", "").split(","))),
    )


def _read(folder: str, name: str) -> Any:
    path = os.path.join(folder, name)  # noqa: PTH118
    try:
        with open(path, encoding="utf-8") as file:  # noqa: PTH123
            return json.load(file)
    except FileNotFoundError:
        raise ConfigError(
            f"{path} is missing; put options.json and columns.json beside the package, or set CLICKSTREAM_CONFIG_DIR"
        ) from None
    except ValueError as error:
        raise ConfigError(f"{path} is not JSON: {error}") from error
