"""The methods and properties that a template can use on a value, by Java's names and rules.

A method is chosen by name, number and kind of arguments; where none fits, the reference is unresolved, as in Velocity.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from clickstream_local.vtl.errors import MethodError
from clickstream_local.vtl.java_hash import java_hash
from clickstream_local.vtl.values import ArrayList, Character, Collection, MapEntry, StringArray, java_equals, java_text

Overloads = tuple[tuple[str, Callable[..., Any]], ...]
Methods = Mapping[str, Overloads]


def _is_int(value: object) -> bool:
    return type(value) is int


# What an argument must be, by the letter in a signature; "o" takes anything. None passes as any object, but not as a
# primitive number.
_Accept = Callable[[object], bool]
_Overload = tuple[_Accept | None, str, Callable[..., Any]]
_THROWN: Final = (IndexError, TypeError, ValueError, AttributeError, OverflowError)
_ACCEPTS: Final[dict[str, _Accept]] = {
    "s": lambda value: value is None or (isinstance(value, str) and not isinstance(value, Character)),
    "i": _is_int,
    "c": lambda value: value is None or (isinstance(value, list) and not isinstance(value, StringArray)),
    "m": lambda value: value is None or isinstance(value, dict),
}


def caller(name: str, count: int) -> Callable[[object, Sequence[Any]], Any]:
    """A call of one method, wherever it stands in a template.

    Returns
    -------
    A function of a value and ``count`` arguments. It gives None when the value has no such method for these arguments,
    raises ``MethodError`` when the method throws, and remembers what it found for each type of value.
    """
    known: dict[type, list[_Overload]] = {}
    plain: dict[type, Callable[..., Any]] = {}  # where there is one method only, and it takes anything

    def call(value: object, arguments: Sequence[Any]) -> Any:
        kind = type(value)
        function = plain.get(kind)
        if function is None:
            overloads = known.get(kind)
            if overloads is None:
                overloads = known[kind] = _overloads(kind, name, count)
                if len(overloads) == 1 and overloads[0][0] is None and not overloads[0][1].strip("o"):
                    plain[kind] = overloads[0][2]
            for first, others, candidate in overloads:
                if (first is None or first(arguments[0])) and (not others or _fit(others, arguments[1:])):
                    function = candidate
                    break
            else:
                return None
        try:
            return function(value, *arguments)
        except _THROWN as error:
            raise MethodError(f"{name}(): {error}") from error

    return call


def caller_with(name: str, arguments: tuple[Any, ...]) -> Callable[[object], Any]:
    """Like :func:`caller`, for arguments that are the same each time: which method it is depends on the value alone."""
    known: dict[type, Callable[..., Any] | None] = {}

    def call(value: object) -> Any:
        kind = type(value)
        if kind not in known:
            fitting = (
                function
                for first, others, function in _overloads(kind, name, len(arguments))
                if (first is None or first(arguments[0])) and _fit(others, arguments[1:])
            )
            known[kind] = next(fitting, None)
        function = known[kind]
        try:
            return None if function is None else function(value, *arguments)
        except _THROWN as error:
            raise MethodError(f"{name}(): {error}") from error

    return call


def _overloads(kind: type, name: str, count: int) -> list[_Overload]:
    return [
        (_ACCEPTS.get(signature[:1]), signature[1:], function)
        for signature, function in methods_of(kind).get(name, ())
        if len(signature) == count
    ]


def _fit(letters: str, arguments: Sequence[Any]) -> bool:
    return all(letter == "o" or _ACCEPTS[letter](argument) for letter, argument in zip(letters, arguments, strict=True))


_get: Final = caller("get", 1)
_put: Final = caller("put", 2)


def getter(name: str) -> Callable[[Any], Any]:
    """A property, wherever it stands in a template: a map's entry, else a getter of the value's type."""
    known: dict[type, Callable[[Any], Any]] = {}

    def get(value: Any) -> Any:
        kind = type(value)
        if kind is dict:
            return value.get(name)
        read = known.get(kind)
        if read is None:
            read = known[kind] = _reader(kind, name)
        return read(value)

    return get


def _reader(kind: type, name: str) -> Callable[[Any], Any]:
    capital = name[:1].upper() + name[1:]
    own = methods_of(kind)
    if not issubclass(kind, dict):
        for method in (f"get{capital}", f"is{capital}"):
            for signature, function in own.get(method, ()):
                if not signature:
                    return function
    return lambda value: _get(value, [name])


def get_index(value: object, argument: object) -> Any:
    """``$value[argument]``: of a list by position, negative from the end; of a map by key."""
    if isinstance(value, dict):
        if type(argument) is int and argument < 0:
            argument += len(value)
        return _map_get(value, argument)
    if isinstance(value, list) and not isinstance(value, Collection):
        if type(argument) is not int:
            return None
        return _list_get(value, argument + len(value) if argument < 0 else argument)
    if type(argument) is int and argument < 0 and not isinstance(value, Collection):
        raise MethodError(f"[{argument}] needs a list, not a {type(value).__name__}")
    return _get(value, [argument])


def set_property(value: object, name: str, new: object) -> None:
    """``#set($value.name = new)``: only maps and ``$foreach`` take it, anything else ignores it."""
    if isinstance(value, dict):
        value[name] = new
    else:
        _put(value, [name, new])


def set_index(value: object, argument: object, new: object) -> None:
    """``#set($value[argument] = new)``: of a list an existing position, of a map any key."""
    if isinstance(value, dict):
        _map_put(value, argument, new)
    elif isinstance(value, list) and not isinstance(value, Collection) and type(argument) is int:
        _list_set(value, argument + len(value) if argument < 0 else argument, new)


def methods_of(kind: type) -> Methods:
    """The table of a type, or of the nearest type that it is derived from."""
    return next((_TABLES[base] for base in kind.__mro__ if base in _TABLES), _OBJECT)


def register(kind: type, methods: dict[str, Overloads]) -> None:
    """Give a type its methods, besides those of every object."""
    _TABLES[kind] = {**_OBJECT, **methods}


def position(size: int, index: int) -> int:
    """The index, checked: Java refuses negative ones, which Python would take from the end."""
    if not 0 <= index < size:
        raise MethodError(f"index {index} is out of bounds for length {size}")
    return index


def _list_get(value: list[Any], index: int) -> Any:
    return value[position(len(value), index)]


def _list_set(value: list[Any], index: int, new: Any) -> Any:
    old = _list_get(value, index)
    value[index] = new
    return old


def _add(value: list[Any], item: Any) -> bool:
    value.append(item)
    return True


def _insert(value: list[Any], index: int, item: Any) -> str:
    value.insert(position(len(value) + 1, index), item)
    return ""


def _add_all(value: list[Any], others: list[Any]) -> bool:
    value.extend(list(others))
    return bool(others)


def _find(value: list[Any], item: Any) -> int:
    return next((index for index, own in enumerate(value) if java_equals(item, own)), -1)


def _find_last(value: list[Any], item: Any) -> int:
    return next((index for index in range(len(value) - 1, -1, -1) if java_equals(item, value[index])), -1)


def _remove(value: list[Any], item: Any) -> bool:
    index = _find(value, item)
    if index >= 0:
        del value[index]
    return index >= 0


def _keep(value: list[Any], others: list[Any], among: bool) -> bool:
    kept = [item for item in value if (_find(others, item) >= 0) is among]
    changed = len(kept) != len(value)
    value[:] = kept
    return changed


def _clear(value: Any) -> str:
    value.clear()
    return ""


def _sub_list(value: list[Any], first: int, last: int) -> ArrayList:
    if not 0 <= first <= last <= len(value):
        raise MethodError(f"subList({first}, {last}) is out of bounds for length {len(value)}")
    return ArrayList(value[first:last])


def _map_get(value: dict[Any, Any], key: Any) -> Any:
    try:
        return value.get(key)
    except TypeError:
        return None


def _map_put(value: dict[Any, Any], key: Any, new: Any) -> Any:
    try:
        old = value.get(key)
        value[key] = new
    except TypeError as error:
        raise MethodError("a list or a map cannot be a key") from error
    return old


def _put_all(value: dict[Any, Any], others: dict[Any, Any]) -> str:
    value.update(others)
    return ""


_OBJECT: Final[dict[str, Overloads]] = {
    "toString": (("", java_text),),
    "equals": (("o", java_equals),),
    "hashCode": (("", java_hash),),
}

_COLLECTION: Final[dict[str, Overloads]] = {
    "size": (("", len),),
    "isEmpty": (("", lambda value: not value),),
    "contains": (("o", lambda value, item: _find(value, item) >= 0),),
    "containsAll": (("c", lambda value, others: all(_find(value, item) >= 0 for item in others)),),
    "iterator": (("", lambda value: value),),
    "remove": (("o", _remove),),
    "removeAll": (("c", lambda value, others: _keep(value, others, False)),),
    "retainAll": (("c", lambda value, others: _keep(value, others, True)),),
    "toArray": (("", ArrayList),),
    "clear": (("", _clear),),
}

_LIST: Final[dict[str, Overloads]] = {
    **_COLLECTION,
    "get": (("i", _list_get),),
    "set": (("io", _list_set),),
    "add": (("o", _add), ("io", _insert)),
    "addAll": (("c", _add_all),),
    "indexOf": (("o", _find),),
    "lastIndexOf": (("o", _find_last),),
    "remove": (("i", lambda value, index: value.pop(position(len(value), index))), ("o", _remove)),
    "subList": (("ii", _sub_list),),
}

_MAP: Final[dict[str, Overloads]] = {
    "size": (("", len),),
    "isEmpty": (("", lambda value: not value),),
    "get": (("o", _map_get),),
    "getOrDefault": (("oo", dict.get),),
    "put": (("oo", _map_put),),
    "putIfAbsent": (
        ("oo", lambda value, key, new: _map_put(value, key, new) if value.get(key) is None else value[key]),
    ),
    "putAll": (("m", _put_all),),
    "remove": (("o", lambda value, key: value.pop(key, None)),),
    "containsKey": (("o", lambda value, key: key in value),),
    "containsValue": (("o", lambda value, item: any(java_equals(item, own) for own in value.values())),),
    "keySet": (("", lambda value: Collection(value.keys())),),
    "values": (("", lambda value: Collection(value.values())),),
    "entrySet": (("", lambda value: Collection(MapEntry(value, key) for key in value)),),
    "clear": (("", _clear),),
}

_TABLES: Final[dict[type, Methods]] = {}
register(list, {**_LIST, "toJSONString": (("", java_text),)})
register(ArrayList, _LIST)
register(Collection, _COLLECTION)
register(StringArray, {name: _LIST[name] for name in ("size", "isEmpty", "get", "set", "contains", "iterator")})
register(dict, _MAP)
register(
    MapEntry,
    {
        "getKey": (("", lambda entry: entry.key),),
        "getValue": (("", lambda entry: entry.value),),
        "setValue": (("o", MapEntry.set_value),),
    },
)
