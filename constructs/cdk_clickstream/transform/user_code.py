"""The user's own code in the transform's asset: a file or folder, and a function in it."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from cdk_clickstream._validation import refuse
from cdk_clickstream.transform.source_code import check_code
from cdk_clickstream.transform.vendored import VendoredPackages, copy_tree

FOLDER = "function"
"""Where the code lies in the asset, beside the bundled package."""


@dataclass(frozen=True)
class UserCode:
    """A function ``transform(event)`` of the user's own. Made by :meth:`of`.

    Attributes
    ----------
    entry:
        A ``.py`` file, or a folder that is put on the import path.
    function:
        ``module.function``, as seen from there.
    """

    entry: Path
    function: str

    @classmethod
    def of(cls, entry: str | Path, handler: str, packages: VendoredPackages | None) -> UserCode:
        """Check that the entry holds the handler, and that Lambda can import and call it."""
        path = Path(entry)
        folder = Path(packages.folder) if packages else None
        module, _, name = handler.rpartition(".")
        if not name.isidentifier() or not all(part.isidentifier() for part in module.split(".") if module):
            refuse(
                "transform.handler",
                handler,
                "must be the name of a function",
                "write 'transform', or 'package.module.transform'",
            )
        if path.is_file() and path.suffix == ".py":
            if module:
                refuse(
                    "transform.handler",
                    handler,
                    f"names a module, and the entry is the one file {path.name!r}",
                    f"write {name!r}, or give the folder as entry",
                )
            if not path.stem.isidentifier() or path.stem == "clickstream_transform":
                refuse("transform.entry", str(entry), "cannot be imported under this name", "rename the file")
            check_code(path, path.stem, name, folder)
            return cls(path, f"{path.stem}.{name}")
        if not path.is_dir():
            refuse("transform.entry", str(entry), "must be a .py file or a folder", "give the path of your code")
        if not module:
            refuse(
                "transform.handler",
                handler,
                "names no module, and the entry is a folder",
                f"write '<module>.{name}'",
            )
        source = path.joinpath(*module.split("."))
        if not source.with_suffix(".py").is_file() and not (source / "__init__.py").is_file():
            refuse("transform.handler", handler, f"has no module in {str(entry)!r}", "correct the name or the entry")
        check_code(path, module, name, folder)
        return cls(path, handler)

    def stage(self, root: Path) -> None:
        """Copy the code below a folder."""
        target = root / FOLDER
        target.mkdir()
        if self.entry.is_file():
            shutil.copyfile(self.entry, target / self.entry.name)
        else:
            copy_tree(self.entry, target)
