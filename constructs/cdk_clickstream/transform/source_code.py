"""The user's function, read without being run: that it is there, how it is called, and what its modules import."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

from cdk_clickstream._validation import refuse
from cdk_clickstream.transform.vendored import PYTHON_VERSION

# The interpreter at synth may be older than that of the function, from whose library these are gone or new.
_REMOVED = (
    "aifc asynchat asyncore audioop cgi cgitb chunk crypt distutils imghdr imp lib2to3 mailcap msilib nis nntplib "
    "ossaudiodev pipes smtpd sndhdr spwd sunau telnetlib uu xdrlib"
)
_NEW = "annotationlib compression"
# boto3 with what it cannot be imported without.
_RUNTIME = "boto3 botocore clickstream_transform dateutil jmespath s3transfer six urllib3"
_ALWAYS_THERE = (set(sys.stdlib_module_names) - set(_REMOVED.split())) | {*_NEW.split(), *_RUNTIME.split()}

_DATA = ast.Constant | ast.Dict | ast.DictComp | ast.JoinedStr | ast.List | ast.ListComp | ast.Set | ast.Tuple
_Function = ast.FunctionDef | ast.AsyncFunctionDef


def check_code(entry: Path, module: str, function: str, packages: Path | None) -> None:
    """Refuse code whose function Lambda could not import or call.

    Parameters
    ----------
    entry:
        The one file of the code, or the folder that is put on the import path.
    module, function:
        What is imported, and called for each event.
    packages:
        Folder of vendored packages.
    """
    code = _Code(entry, packages)
    body = code.read(module)
    bound = [(statement, set(_bound(statement))) for statement in body]
    found = next((statement for statement, names in reversed(bound) if function in names), None)
    if isinstance(found, _Function):
        _check_call(found, str(code.file(module)))
    elif isinstance(found, ast.Assign | ast.AnnAssign) and isinstance(found.value, _DATA) and _names(found, function):
        refuse("transform.handler", function, f"is data and no function in {code.file(module)}", "define it by def")
    # What a module with one of these holds is known only when it runs.
    elif found is None and not any(names & {"*", "__getattr__"} for _, names in bound):
        refuse("transform.handler", function, f"is not in {code.file(module)}", "define it there, or correct the name")


def _names(statement: ast.Assign | ast.AnnAssign, name: str) -> bool:
    """Whether an assignment is to one name, and not to the parts of its value."""
    targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
    return any(isinstance(one, ast.Name) and one.id == name for one in targets)


class _Code:
    """Modules of the user's, each read once, with what they import."""

    def __init__(self, entry: Path, packages: Path | None) -> None:
        self._file = entry if entry.is_file() else None
        self._folder = entry
        self._read: dict[str, list[ast.stmt]] = {}
        installed = [path.name for path in packages.iterdir()] if packages else []
        for record in entry.glob("*.dist-info/RECORD"):
            installed += [line.partition("/")[0].partition(",")[0] for line in record.read_text("utf-8").splitlines()]
        self._others = _ALWAYS_THERE | {name for one in installed if (name := one.partition(".")[0]).isidentifier()}

    def file(self, module: str) -> Path | None:
        """The file of a module of the user's; the folder of a package without code."""
        if self._file is not None:
            return self._file if module == self._file.stem else None
        path = self._folder.joinpath(*module.split("."))
        places = (path / "__init__.py", path.with_suffix(".py"), path, *path.parent.glob(f"{path.name}.*so"))
        return next((one for one in places if one.exists()), None)

    def read(self, module: str) -> list[ast.stmt]:
        """Parse a module, and the modules of the user's that it imports; nothing where there is no source."""
        file = self.file(module)
        if module in self._read or file is None or file.suffix != ".py":
            return self._read.get(module, [])
        try:
            body = self._read[module] = ast.parse(file.read_bytes(), str(file)).body
        except (SyntaxError, ValueError) as error:
            line = f", line {error.lineno}" if isinstance(error, SyntaxError) else ""
            refuse(
                "transform.entry",
                f"{file}{line}",
                f"is not Python that {sys.version_info.major}.{sys.version_info.minor} reads ({error})",
                f"correct it; for newer syntax synthesize with Python {PYTHON_VERSION}, which the function runs",
            )
        package = module if file.name == "__init__.py" else module.rpartition(".")[0]
        for statement in body:
            # Not those in a function, a try or an if: they may be left out.
            if isinstance(statement, ast.Import):
                for one in statement.names:
                    self._import(one.name, f"{file}, line {statement.lineno}")
            elif isinstance(statement, ast.ImportFrom):
                name = _origin(statement, package)
                self._import(name, f"{file}, line {statement.lineno}")
                for one in statement.names:
                    self.read(f"{name}.{one.name}")
        return body

    def _import(self, name: str, place: str) -> None:
        top = name.partition(".")[0]
        if top in self._others:
            return
        if top and self.file(name) is not None:
            # Packages run first, as Python imports them.
            for end in range(1, name.count(".") + 2):
                self.read(".".join(name.split(".")[:end]))
        elif not top or self.file(top) is not None:
            refuse("transform.entry", place, f"the module {name or '.'!r} is not in the entry", "correct the name")
        else:
            refuse(
                "transform.entry",
                place,
                f"the module {name!r} is neither in the entry nor in the function's Python",
                "vendor its package and pass packages=, or give the folder that holds it as entry",
            )


def _origin(statement: ast.ImportFrom, package: str) -> str:
    """Whole name of the module that a statement imports from; empty for a relative import that leads nowhere."""
    if not statement.level:
        return statement.module or ""
    parents = package.split(".") if package else []
    if statement.level > len(parents):
        return ""
    base = parents[: len(parents) - statement.level + 1]
    return ".".join([*base, statement.module] if statement.module else base)


def _bound(statement: ast.stmt) -> Iterator[str]:
    """Names that a statement of a module may give, in whatever branch."""
    if isinstance(statement, _Function | ast.ClassDef):
        yield statement.name
        return
    for node in ast.walk(statement):
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield from (one.asname or one.name.partition(".")[0] for one in node.names)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, _Function | ast.ClassDef):
            yield node.name


def _check_call(function: _Function, file: str) -> None:
    """The harness calls with the event, or, where there are exactly two parameters, with what is known of it, too."""
    place = f"{file}, line {function.lineno}"
    if isinstance(function, ast.AsyncFunctionDef):
        refuse("transform.handler", place, "is async, and nothing awaits it", "write def instead of async def")
    if function.decorator_list:
        return
    given = function.args
    positional = [*given.posonlyargs, *given.args]
    needed = len(positional) - len(given.defaults)
    passed = 2 if len(positional) == 2 else 1
    if None in given.kw_defaults or needed > passed or not (positional or given.vararg):
        refuse(
            "transform.handler",
            place,
            f"{function.name}() must take the event, or the event and what is known of it",
            f"write def {function.name}(event), or def {function.name}(event, known)",
        )
