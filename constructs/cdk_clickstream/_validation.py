"""The error that every option check raises, and the gate that checks the types of options."""

from __future__ import annotations

import functools
import inspect
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from types import NoneType, UnionType
from typing import Any, Literal, NoReturn, TypeVar, Union, get_args, get_origin, get_type_hints

import aws_cdk as cdk

_Class = TypeVar("_Class", bound=type)
_LONGEST_VALUE = 300


class ConfigurationError(ValueError):
    """An option that AWS would refuse at deployment, or that would lose or expose data, found at synth.

    The message names the option, the value received, the limit and the remedy.
    """


def refuse(option: str, value: object, problem: str, remedy: str) -> NoReturn:
    """Raise :class:`ConfigurationError` in the one form that all checks share."""
    raise ConfigurationError(f"{option}={_shown(value)}: {problem}. {remedy[0].upper()}{remedy[1:]}.")


def check_range(option: str, value: float, lowest: float, highest: float, unit: str, remedy: str) -> None:
    """Refuse a number outside ``lowest..highest``; a token (a value known at deployment only) passes unchecked."""
    if is_token(value):
        return
    if not lowest <= value <= highest:
        refuse(option, value, f"must be {lowest}..{highest} {unit}".rstrip(), remedy)


def amount(option: str, value: cdk.Duration | cdk.Size, unit: str) -> int:
    """Return a duration or a size in whole ``seconds``, ``mebibytes`` or the like, or refuse what is none.

    A token passes as the number that it stands for, if it is given in this unit: nothing is computed with it.
    """
    try:
        number: float = getattr(value, f"to_{unit}")()
    except RuntimeError:
        known = not value.is_unresolved()
        kind = type(value).__name__
        refuse(
            option,
            "a part of one of them" if known else "known at deployment",
            f"must be in whole {unit}",
            f"give it as cdk.{kind}.{unit}(...)",
        )
    return number if is_token(number) else int(number)  # type: ignore[return-value]


def check_known(option: str, value: float | None) -> None:
    """Refuse a number that only deployment knows, where the library computes with it."""
    if value is not None and is_token(value):
        refuse(option, value, "is needed at synth, which computes with it", "give the number itself")


def check_identifier(option: str, value: str) -> None:
    """Refuse a Glue name that is not ``[a-z_][a-z0-9_]*``: Glue folds case and Athena quotes anything else."""
    if not re.fullmatch(r"[a-z_][a-z0-9_]{0,127}", value):
        refuse(
            option,
            value,
            "must be a Glue name: lower-case letters, digits and underscores, no digit first, 1..128 characters",
            "rename it",
        )


def is_token(value: object) -> bool:
    """Whether CloudFormation decides the value at deployment."""
    return bool(cdk.Token.is_unresolved(value))


def _shown(value: object) -> str:
    """A value as a message shows it: short, without tokens and addresses in memory."""
    if isinstance(value, float) and is_token(value):
        return "<known at deployment>"
    text = re.sub(
        r"[$#]\{Token\[[^]]*\]\}|<token>", "<known at deployment>", re.sub(r" at 0x[0-9a-f]+", "", repr(value))
    )
    return text if len(text) <= _LONGEST_VALUE else f"{text[: _LONGEST_VALUE - 1]}…"


def checked(cls: _Class) -> _Class:
    """Have a class refuse arguments that are not what its signatures say: of ``__init__`` and of all public methods.

    Tokens pass as the text, number or list that they stand for. A text in place of an enum's member is refused.
    """
    for name, member in list(vars(cls).items()):
        if name.startswith("_") and name != "__init__":
            continue
        option = cls.__name__ if name == "__init__" else f"{cls.__name__}.{name}"
        if isinstance(member, classmethod | staticmethod):
            bound = isinstance(member, classmethod)
            setattr(cls, name, type(member)(_gated(member.__func__, option, bound=bound)))
        elif inspect.isfunction(member):
            setattr(cls, name, _gated(member, option, bound=True))
    return cls


def _gated(function: Callable[..., Any], option: str, *, bound: bool) -> Callable[..., Any]:
    # From the code object: inspect.signature() of all public methods would be felt at each import.
    code = inspect.unwrap(function).__code__
    count = code.co_argcount + code.co_kwonlyargcount
    positional = code.co_varnames[1 if bound else 0 : code.co_argcount]
    others = code.co_varnames[count] if code.co_flags & inspect.CO_VARARGS else None
    named = (*positional, *code.co_varnames[code.co_argcount : count], *([others] if others else []))
    if not named:
        return function

    @functools.cache
    def hints() -> dict[str, _Hint]:
        # At the first call: by then all names of the signature's module are there.
        found = get_type_hints(function)
        return {name: _compiled(found[name]) for name in named}

    @functools.wraps(function)
    def gate(*arguments: Any, **options: Any) -> Any:
        known = hints()
        for place, value in enumerate(arguments[1:] if bound else arguments):
            name = positional[place] if place < len(positional) else others
            # What there are too many of, or what has an unknown name, is Python's to refuse.
            if name is not None and not known[name].accepts(value):
                _refuse_type(f"{option}.{name}", value, known[name])
        for name, value in options.items():
            if name in known and not known[name].accepts(value):
                _refuse_type(f"{option}.{name}", value, known[name])
        return function(*arguments, **options)

    return gate


@dataclass(frozen=True)
class _Hint:
    """What a parameter takes: by name, by examples, and as a check; of a container also its keys and what it holds."""

    wanted: str
    examples: tuple[str, ...]
    accepts: Callable[[Any], bool]
    enum: type[Enum] | None = None
    keys: _Hint | None = None
    items: _Hint | None = None
    choices: tuple[_Hint, ...] = ()


def _refuse_type(option: str, value: Any, hint: _Hint) -> NoReturn:
    choices = (hint, *hint.choices)
    keys = next((one.keys for one in choices if one.keys is not None), None)
    if keys is not None and isinstance(value, Mapping):
        for key in value:
            if not keys.accepts(key):
                _refuse_type(f"{option}, the key", key, keys)
    items = next((one.items for one in choices if one.items is not None), None)
    if items is not None and isinstance(value, list | tuple | Mapping):
        for place, item in value.items() if isinstance(value, Mapping) else enumerate(value):
            if not items.accepts(item):
                _refuse_type(f"{option}[{place!r}]", item, items)
    given = f"the class {value.__name__}" if isinstance(value, type) else type(value).__name__
    enum = next((one.enum for one in choices if one.enum is not None), None)
    member = None if enum is None else _meant(enum, value)
    examples = [f"{enum.__name__}.{member.name}"] if enum and member else hint.examples
    refuse(option, value, f"must be {hint.wanted}, not {given}", f"pass {_one_of(examples)}")


def _meant(enum: type[Enum], value: object) -> Enum | None:
    """The member that a text, or a member of another enum, looks like."""
    texts = {str(one).casefold() for one in ((value.name, value.value) if isinstance(value, Enum) else (value,))}
    return next((one for one in enum if {one.name.casefold(), str(one.value).casefold()} & texts), None)


def _one_of(examples: Sequence[str]) -> str:
    *first, last = [*examples[:7], "…"] if len(examples) > 8 else examples
    return f"{', '.join(first)} or {last}" if first else last


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


_PLAIN: Mapping[object, _Hint] = {
    Any: _Hint("anything", ("a value",), lambda value: True),
    object: _Hint("anything", ("a value",), lambda value: True),
    NoneType: _Hint("None", (), lambda value: value is None),
    bool: _Hint("bool", ("True", "False"), lambda value: isinstance(value, bool)),
    str: _Hint("str", ("'...'",), lambda value: isinstance(value, str)),
    float: _Hint("float", ("a number, such as 1.5",), _is_number),
    # A token of a number is a float.
    int: _Hint(
        "int",
        ("a whole number, such as 3",),
        lambda value: _is_number(value) and (isinstance(value, int) or is_token(value)),
    ),
}


@functools.cache
def _compiled(hint: Any) -> _Hint:
    if hint in _PLAIN:
        return _PLAIN[hint]
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (Union, UnionType):
        return _any_of(tuple(_compiled(one) for one in arguments))
    if origin is Literal:
        names = tuple(map(repr, arguments))
        allowed = [(type(one), one) for one in arguments]
        return _Hint(
            f"exactly {' or '.join(names)}",
            names,
            lambda value: any(type(value) is kind and value == one for kind, one in allowed),
        )
    if origin in (tuple, Sequence):
        return _list_of(_compiled(arguments[0]))
    if origin in (dict, Mapping):
        return _dict_of(_compiled(arguments[0]), _compiled(arguments[1]))
    if origin is Callable:
        return _Hint("function", ("a function",), callable)
    if not isinstance(hint, type) or origin is not None:
        raise TypeError(f"the type gate does not know {hint!r}")
    if hasattr(hint, "__jsii_proxy_class__") and getattr(hint, "_is_protocol", False):
        return _implementation_of(hint)
    enum = hint if issubclass(hint, Enum) else None
    examples = tuple(f"{enum.__name__}.{one.name}" for one in enum) if enum else _examples_of(hint)
    return _Hint(hint.__name__, examples, lambda value: isinstance(value, hint), enum=enum)


def _any_of(choices: tuple[_Hint, ...]) -> _Hint:
    checks = [one.accepts for one in choices]
    return _Hint(
        " or ".join(one.wanted for one in choices),
        tuple(example for one in choices for example in one.examples),
        lambda value: any(accepts(value) for accepts in checks),
        choices=choices,
    )


def _list_of(items: _Hint) -> _Hint:
    def accepts(value: Any) -> bool:
        return isinstance(value, list | tuple) and all(map(items.accepts, value))

    return _Hint(f"list[{items.wanted}]", (f"a list, such as [{items.examples[0]}]",), accepts, items=items)


def _dict_of(keys: _Hint, items: _Hint) -> _Hint:
    def accepts(value: Any) -> bool:
        if not isinstance(value, Mapping):
            return False
        return all(map(keys.accepts, value)) and all(map(items.accepts, value.values()))

    example = f"a dict, such as {{'name': {items.examples[0]}}}"
    return _Hint(f"dict[{keys.wanted}, {items.wanted}]", (example,), accepts, keys=keys, items=items)


def _implementation_of(interface: Any) -> _Hint:
    """An interface of the CDK: classes declare it, and what the CDK itself returns is a proxy of it."""
    proxy = interface.__jsii_proxy_class__()

    def accepts(value: Any) -> bool:
        if any(interface in one.__mro__ for one in getattr(type(value), "__jsii_ifaces__", ())):
            return True
        # Of what has several interfaces and no class the CDK returns one proxy each.
        return any(isinstance(one, proxy) for one in (value, *getattr(value, "_delegates", ())))

    module, name = interface.__module__.rpartition(".")[2], interface.__name__.removeprefix("I")
    concrete = getattr(inspect.getmodule(interface), name, None)
    imports = sorted(one for one in dir(concrete) if re.fullmatch(r"from_\w+_(arn|name|id|attributes)", one))
    calls = (name, *(f"{name}.{one}" for one in imports[:2]))
    examples = tuple(f"{module}.{call}(...)" for call in calls) if concrete else ("an object that implements it",)
    return _Hint(f"{module}.{interface.__name__}", examples, accepts)


_EXAMPLES = {
    "Construct": ("self, or the stack",),
    "Duration": ("cdk.Duration.minutes(5)",),
    "EventSource": ("Source.direct_put()", "Source.kinesis()", "another of Source"),
    "Size": ("cdk.Size.mebibytes(64)",),
}


def _examples_of(cls: type) -> tuple[str, ...]:
    """What makes an object of a class: its factories, or the class itself."""
    own = cls.__module__.startswith("cdk_clickstream.")
    factories = [name for name, one in vars(cls).items() if own and isinstance(one, classmethod) and name[0] != "_"]
    return (
        _EXAMPLES.get(cls.__name__)
        or tuple(f"{cls.__name__}.{name}(...)" for name in factories)
        or (f"{cls.__name__}(...)",)
    )
