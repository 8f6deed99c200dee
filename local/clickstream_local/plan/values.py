"""Values of a template as far as they are known before a deployment.

Everything becomes a text, a list or a map. What a template leaves open is a *token* in the text, ``⟦…⟧``, so that two
values are equal exactly if they resolve to the same thing wherever the template is deployed:

========================  ==========================================================================
``⟦Bucket.Arn⟧``          a resource, or an attribute of it; ``⟦Bucket′.Arn⟧`` when the deployment replaces it
``⟦AWS::Region⟧``         a pseudo parameter of a stack whose environment is not known
``⟦parameter:Name⟧``      a parameter whose value is not known
``⟦import:Name⟧``         an export of another stack
``⟦?…⟧``                  an intrinsic function that cannot be resolved here, with all that it is made of
========================  ==========================================================================
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any

RENEWED = "′"
_SUB_VARIABLE = re.compile(r"\$\{(!?)([^}]*)\}")
_REFERENCE = re.compile(r"⟦([A-Za-z0-9]+)(′?)((?:\.[^⟦⟧]*)?)⟧")
_NO_VALUE = object()
_LOGIC = frozenset({"Fn::And", "Fn::Equals", "Fn::If", "Fn::Not", "Fn::Or"})


_PSEUDO = re.compile(r"⟦(AWS::[A-Za-z]+)⟧")
_PARTS = 8
"""More than the parts of any ARN or id."""


class Values:
    """Resolves the values of one template.

    Parameters
    ----------
    body:
        The template.
    pseudo:
        The pseudo parameters that are known, such as ``AWS::Region``.
    parameters:
        The parameters whose value is known.
    """

    def __init__(self, body: Mapping[str, Any], *, pseudo: Mapping[str, str], parameters: Mapping[str, str]) -> None:
        self._body = body
        self._pseudo = pseudo
        self.parameters = parameters
        self._conditions: dict[str, bool | None] = {}

    def resolve(self, value: Any) -> Any:
        """``value`` as text, list or map; None and ``AWS::NoValue`` are left out."""
        resolved = self._resolve(value)
        return {} if resolved is _NO_VALUE else resolved

    def _resolve(self, value: Any) -> Any:
        if isinstance(value, Mapping):
            if len(value) == 1:
                ((key, argument),) = value.items()
                if key in ("Ref", "Condition") or (isinstance(key, str) and key.startswith("Fn::")):
                    return self._call(str(key), argument)
            members = ((str(key), self._resolve(item)) for key, item in value.items())
            return {key: item for key, item in members if item is not _NO_VALUE}
        if isinstance(value, list):
            return [item for item in map(self._resolve, value) if item is not _NO_VALUE]
        return _NO_VALUE if value is None else scalar(value)

    def _call(self, name: str, argument: Any) -> Any:
        function = _FUNCTIONS.get(name)
        try:
            if function is not None:
                return function(self, argument)
        except (AttributeError, IndexError, KeyError, TypeError, ValueError):
            pass
        if name == "Condition" and not isinstance(argument, str):
            # No intrinsic function: the statement of a policy that holds nothing else.
            return {name: self._resolve(argument)}
        return _open(name, self._resolve(argument))

    def condition(self, name: str) -> bool | None:
        """Whether the template's condition holds; None where that is not known."""
        if name not in self._conditions:
            self._conditions[name] = None  # for one that refers to itself
            self._conditions[name] = self._truth(self._body.get("Conditions", {}).get(name))
        return self._conditions[name]

    def condition_text(self, name: str) -> str:
        """The condition's definition, by which two templates' conditions are compared."""
        return _open("Condition", [name, self.resolve(self._body.get("Conditions", {}).get(name))])

    def _truth(self, expression: Any) -> bool | None:
        if not isinstance(expression, Mapping) or len(expression) != 1:
            return {"true": True, "false": False}.get(scalar(expression))
        ((key, argument),) = expression.items()
        match key, argument:
            case "Condition", str():
                return self.condition(argument)
            case "Fn::Equals", [left, right]:
                return _equal(self._resolve(left), self._resolve(right))
            case "Fn::Not", [one]:
                held = self._truth(one)
                return None if held is None else not held
            case "Fn::And", [*several]:
                return _all([self._truth(one) for one in several])
            case "Fn::Or", [*several]:
                none_holds = _all([None if held is None else not held for held in map(self._truth, several)])
                return None if none_holds is None else not none_holds
        return None

    def _ref(self, name: str) -> Any:
        if name == "AWS::NoValue":
            return _NO_VALUE
        if name.startswith("AWS::"):
            return self._pseudo.get(name, f"⟦{name}⟧")
        parameter = self._body.get("Parameters", {}).get(name)
        if parameter is None:
            return self._own_name(name) or f"⟦{name}⟧"
        kind = str(parameter.get("Type", "String"))
        if name not in self.parameters or kind.startswith("AWS::SSM::"):
            return f"⟦parameter:{name}⟧"
        value = scalar(self.parameters[name])
        return [part.strip() for part in value.split(",")] if "List" in kind else value

    def _own_name(self, logical_id: str) -> str | None:
        """The name that a bucket has been given, by which it is the same one in the stack and imported."""
        resource = self._body.get("Resources", {}).get(logical_id, {})
        if resource.get("Type") != "AWS::S3::Bucket":
            return None
        name = (resource.get("Properties") or {}).get("BucketName")
        return name if isinstance(name, str) and name else None

    def _get_att(self, argument: Any) -> str:
        logical_id, attribute = argument.split(".", 1) if isinstance(argument, str) else argument
        name = self._own_name(logical_id)
        if name and attribute == "Arn":
            return f"arn:{self._ref('AWS::Partition')}:s3:::{name}"
        attribute = self._resolve(attribute)
        return f"⟦{logical_id}.{attribute}⟧" if "⟦" not in attribute else _open("Fn::GetAtt", [logical_id, attribute])

    def _join(self, argument: Any) -> str:
        delimiter, items = argument
        return _joined(self._resolve(delimiter), self._resolve(items))

    def _sub(self, argument: Any) -> str:
        text, variables = (argument, {}) if isinstance(argument, str) else argument

        def value(match: re.Match[str]) -> str:
            literal, name = match.groups()
            if literal:
                return f"${{{name}}}"
            if name in variables:
                return _text(self._resolve(variables[name]))
            return _text(self._get_att(name) if "." in name else self._ref(name))

        return _SUB_VARIABLE.sub(value, text)

    def _select(self, argument: Any) -> Any:
        index, items = (self._resolve(part) for part in argument)
        if not isinstance(items, list):
            raise TypeError(items)
        if int(index) < 0:
            raise IndexError(index)
        return items[int(index)]

    def _split(self, argument: Any) -> list[str]:
        delimiter, text = (self._resolve(part) for part in argument)
        if pseudo := _PSEUDO.fullmatch(text):
            # Part of what the stack itself is: not known, and the same in both templates.
            return [f"⟦{pseudo[1]}, part {place} by {delimiter}⟧" for place in range(_PARTS)]
        # The delimiter may be in what a token stands for.
        if not isinstance(text, str) or "⟦" in text:
            raise TypeError(text)
        return text.split(delimiter)

    def _if(self, argument: Any) -> Any:
        condition, when_true, when_false = argument
        held = self.condition(condition)
        if held is not None:
            return self._resolve(when_true if held else when_false)
        branches = [self._resolve(branch) for branch in (when_true, when_false)]
        if branches[0] == branches[1]:
            return branches[0]
        shown = ["AWS::NoValue" if branch is _NO_VALUE else branch for branch in branches]
        return _open("Fn::If", [self.condition_text(condition), *shown])

    def _find_in_map(self, argument: Any) -> Any:
        table, first, second = (self._resolve(item) for item in argument[:3])
        if len(argument) > 3 or "⟦" in first + second:
            return _open("Fn::FindInMap", [self._resolve(argument), self._body["Mappings"].get(table)])
        return self._resolve(self._body["Mappings"][table][first][second])

    def _import_value(self, argument: Any) -> str:
        name = self._resolve(argument)
        return f"⟦import:{name}⟧" if isinstance(name, str) and "⟦" not in name else _open("Fn::ImportValue", name)


_FUNCTIONS: Mapping[str, Callable[[Values, Any], Any]] = {
    "Ref": Values._ref,
    "Fn::FindInMap": Values._find_in_map,
    "Fn::GetAtt": Values._get_att,
    "Fn::If": Values._if,
    "Fn::ImportValue": Values._import_value,
    "Fn::Join": Values._join,
    "Fn::Select": Values._select,
    "Fn::Split": Values._split,
    "Fn::Sub": Values._sub,
}


def scalar(value: Any) -> str:
    """A text, number or boolean as CloudFormation compares them: ``5`` and ``"5"``, ``true`` and ``"true"`` are one."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else _open("Fn::Sub", value)


def _joined(delimiter: str, items: Any) -> str:
    if not isinstance(items, list) or not all(isinstance(item, str) for item in items):
        raise TypeError(items)
    return delimiter.join(items)


def _open(name: str, argument: Any) -> str:
    return f"⟦?{json.dumps({name: argument}, sort_keys=True, ensure_ascii=False, default=str)}⟧"


def _equal(left: Any, right: Any) -> bool | None:
    if left == right:
        return True
    return None if "⟦" in f"{left}{right}" else False


def _all(held: list[bool | None]) -> bool | None:
    if False in held:
        return False
    return None if None in held else True


def texts(value: Any) -> Iterator[str]:
    """Every text in a value, member names apart."""
    if isinstance(value, Mapping):
        for item in value.values():
            yield from texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from texts(item)
    elif isinstance(value, str):
        yield value


def references(value: Any) -> frozenset[str]:
    """Logical ids of the resources that a value refers to."""
    return frozenset(match[1] for text in texts(value) for match in _REFERENCE.finditer(text))


def new_things(value: Any, moved: Mapping[str, str]) -> tuple[str, ...]:
    """Logical ids of the replaced and the moved resources that a value of NEW refers to."""
    found = {
        match[1]: None
        for text in texts(value)
        for match in _REFERENCE.finditer(text)
        if match[2] or match[1] in moved.values()
    }
    return tuple(found)


def renamed(value: Any, ids: Mapping[str, str]) -> Any:
    """The value with other logical ids in its references."""
    if not ids:
        return value
    if isinstance(value, Mapping):
        return {key: renamed(item, ids) for key, item in value.items()}
    if isinstance(value, list):
        return [renamed(item, ids) for item in value]
    if isinstance(value, str):
        return _REFERENCE.sub(lambda match: f"⟦{ids.get(match[1], match[1] + match[2])}{match[3]}⟧", value)
    return value


def with_names(value: Any, name_of: Callable[[str], str]) -> Any:
    """The value with names for people in place of references; attributes are left away."""
    if isinstance(value, Mapping):
        return {key: with_names(item, name_of) for key, item in value.items()}
    if isinstance(value, list):
        return [with_names(item, name_of) for item in value]
    if not isinstance(value, str):
        return value
    whole = _REFERENCE.fullmatch(value)
    if whole:
        return f"{'the new ' if whole[2] else ''}{name_of(whole[1])}"
    return _REFERENCE.sub(lambda match: f"${{{name_of(match[1])}}}", value)


def renewed(value: Any, ids: Collection[str]) -> Any:
    """The value with its references to resources that are replaced marked as new ones."""
    return renamed(value, {logical_id: logical_id + RENEWED for logical_id in ids})


def plain(value: Any) -> Any:
    """The value without those marks."""
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return value.replace(RENEWED, "") if isinstance(value, str) else value


def differing_open_points(old: Any, new: Any) -> tuple[str, ...]:
    """What a difference of two values depends on: what is not known, but the same on both sides, does not count."""
    if sorted(_open_parts(old)) == sorted(_open_parts(new)):
        return ()
    return open_points([old, new])


def _open_parts(value: Any) -> Iterator[str]:
    for text in texts(value):
        depth = start = 0
        for place, character in enumerate(text):
            if character == "⟦":
                start = place if depth == 0 else start
                depth += 1
            elif character == "⟧":
                depth -= 1
                if depth == 0 and open_points(part := text[start : place + 1]):
                    yield part


def open_points(value: Any) -> tuple[str, ...]:
    """What a value depends on that is not known here, in words; none if it is known, references to resources apart."""
    found: dict[str, None] = {}
    for text in texts(value):
        for name in re.findall(r"⟦parameter:([^⟦⟧]*)⟧", text):
            found[f"parameter {name}"] = None
        # Escaped quotes: a condition that stands inside of another function.
        for name in re.findall(r"""\{\\*"Condition\\*": \[\\*"([A-Za-z0-9]+)""", text):
            found[f"condition {name}"] = None
    if found:
        # What a function cannot be resolved for.
        return tuple(found)
    functions = (name for text in texts(value) for name in re.findall(r"""⟦\?\{\\*"(Fn::[A-Za-z:]+)""", text))
    return tuple(dict.fromkeys(name for name in functions if name not in _LOGIC))
