"""The transform's deployment package, staged at synth."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from cdk_clickstream.schema.event_schema import transform_package
from cdk_clickstream.transform.transform import Transform


@contextmanager
def staged_transform(transform: Transform, columns: Mapping[str, Mapping[str, Any]] | None) -> Iterator[str]:
    """Yield a folder that holds exactly what the function needs, and nothing that differs between machines.

    ``clickstream_transform/`` with its ``.py`` files (no bytecode, no metadata), ``options.json``, the columns that
    rows are checked by, if there are any, as ``columns.json``, vendored packages beside them, and the user's code in
    ``function/``. The CDK copies it into the cloud assembly as soon as the function is made, so the folder lives only
    as long as the ``with`` block.
    """
    package = transform_package()
    with tempfile.TemporaryDirectory(prefix="clickstream-transform-") as folder:
        root = Path(folder)
        if transform.packages is not None:
            transform.packages.copy_to(root)
        for source in sorted(package.rglob("*.py")):
            target = root / package.name / source.relative_to(package)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)
        if columns is not None:
            (root / "columns.json").write_text(json.dumps(columns), encoding="utf-8")
        (root / "options.json").write_text(json.dumps(transform.options, sort_keys=True), encoding="utf-8")
        if transform.code is not None:
            transform.code.stage(root)
        yield folder
