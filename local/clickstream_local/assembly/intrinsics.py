"""Resolves CloudFormation intrinsic functions to plain values.

A physical name is what ``Ref`` gives; where a template leaves the name to CloudFormation, the runtime uses
``<stack>-<logical id>``, so that names are the same at every start.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from clickstream_local.assembly.errors import AssemblyError

# GetAtt of a resource: (logical id, attribute) -> value.
AttributeLookup = Callable[[str, str], Any]

# Output of another stack: (stack, region, output) -> value.
OutputLookup = Callable[[str, str, str], Any]

_SUB_VARIABLE = re.compile(r"\$\{(!?)([^}]*)\}")


class NoValue:
    """What ``AWS::NoValue`` resolves to; members and items that hold it are left out."""


NO_VALUE = NoValue()


class Resolver:
    """Resolves the values of one template.

    Parameters
    ----------
    template:
        The template, as parsed JSON.
    pseudo:
        The pseudo parameters: ``AWS::Region`` and the like.
    parameters:
        Values for the template's parameters; others take their ``Default``.
    physical_id, attribute:
        Give what ``Ref`` and ``Fn::GetAtt`` of a resource resolve to.
    imports:
        Exported outputs of other stacks, by export name.
    outputs:
        Gives an output of another stack.
    """

    def __init__(
        self,
        template: Mapping[str, Any],
        *,
        pseudo: Mapping[str, str],
        parameters: Mapping[str, str],
        physical_id: Callable[[str], str],
        attribute: AttributeLookup,
        imports: Mapping[str, Any],
        outputs: OutputLookup,
    ) -> None:
        self._template = template
        self._pseudo = pseudo
        self._parameters = parameters
        self._physical_id = physical_id
        self._attribute = attribute
        self._imports = imports
        self._outputs = outputs
        self._conditions_under_way: set[str] = set()

    def resolve(self, value: Any) -> Any:
        """``value`` without any intrinsic; members that are ``AWS::NoValue`` are left out."""
        if isinstance(value, dict):
            if len(value) == 1:
                (key,) = value
                function = _FUNCTIONS.get(key)
                if function is not None:
                    return self._call(key, function, value[key])
                if key.startswith("Fn::"):
                    raise AssemblyError(f"the intrinsic function {key} is not supported; replace it by a plain value")
            resolved = {key: self.resolve(item) for key, item in value.items()}
            return {key: item for key, item in resolved.items() if item is not NO_VALUE}
        if isinstance(value, list):
            return [item for item in map(self.resolve, value) if item is not NO_VALUE]
        return value

    def _call(self, name: str, function: Callable[[Resolver, Any], Any], argument: Any) -> Any:
        try:
            return function(self, argument)
        except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
            raise AssemblyError(f"{name} has an argument of another form than it takes") from error

    def condition(self, name: str) -> bool:
        """Whether the template's condition ``name`` holds."""
        conditions = self._template.get("Conditions", {})
        if name not in conditions:
            raise AssemblyError(f"condition {name!r} is used but not defined in Conditions")
        if name in self._conditions_under_way:
            raise AssemblyError(f"condition {name!r} refers to itself")
        self._conditions_under_way.add(name)
        try:
            return self._truth(conditions[name])
        finally:
            self._conditions_under_way.discard(name)

    def _truth(self, expression: Any) -> bool:
        if isinstance(expression, dict) and set(expression) == {"Condition"}:
            return self.condition(expression["Condition"])
        resolved = self.resolve(expression)
        return resolved is True or resolved == "true"

    def _ref(self, name: Any) -> Any:
        if name == "AWS::NoValue":
            return NO_VALUE
        if name in self._pseudo:
            return self._pseudo[name]
        parameter = self._template.get("Parameters", {}).get(name)
        if parameter is not None:
            if name in self._parameters:
                given: Any = self._parameters[name]
            elif "Default" in parameter:
                given = parameter["Default"]
            else:
                raise AssemblyError(f"parameter {name!r} has no default: give one with --parameter {name}=VALUE")
            is_list = str(parameter.get("Type", "")).startswith(("List<", "CommaDelimitedList"))
            return [part.strip() for part in given.split(",")] if is_list and isinstance(given, str) else given
        if name not in self._template.get("Resources", {}):
            raise AssemblyError(f"Ref to {name!r}, which is neither a parameter nor a resource of the template")
        return self._physical_id(name)

    def _get_att(self, argument: Any) -> Any:
        logical_id, attribute = argument.split(".", 1) if isinstance(argument, str) else argument
        if logical_id not in self._template.get("Resources", {}):
            raise AssemblyError(f"Fn::GetAtt of {logical_id!r}, which is not a resource of the template")
        return self._attribute(logical_id, self.resolve(attribute))

    def _join(self, argument: Any) -> str:
        delimiter, items = argument
        return str(delimiter).join(_text(item) for item in self.resolve(items))

    def _sub(self, argument: Any) -> str:
        text, variables = (argument, {}) if isinstance(argument, str) else argument

        def value(match: re.Match[str]) -> str:
            literal, name = match.groups()
            if literal:
                return "${" + name + "}"
            name = name.strip()
            if name in variables:
                return _text(self.resolve(variables[name]))
            return _text(self._get_att(name) if "." in name else self._ref(name))

        return _SUB_VARIABLE.sub(value, text)

    def _select(self, argument: Any) -> Any:
        index, items = argument
        resolved = self.resolve(items)
        position = int(self.resolve(index))
        if not 0 <= position < len(resolved):
            raise AssemblyError(f"Fn::Select: a list of {len(resolved)} has no item {position}")
        return resolved[position]

    def _split(self, argument: Any) -> list[str]:
        delimiter, text = argument
        return _text(self.resolve(text)).split(delimiter)

    def _if(self, argument: Any) -> Any:
        condition, when_true, when_false = argument
        return self.resolve(when_true if self.condition(condition) else when_false)

    def _equals(self, argument: Any) -> bool:
        left, right = (self.resolve(item) for item in argument)
        return _text(left) == _text(right)

    def _find_in_map(self, argument: Any) -> Any:
        table, first, second = (self.resolve(item) for item in argument[:3])
        try:
            return self._template["Mappings"][table][first][second]
        except KeyError:
            if len(argument) > 3:
                return self.resolve(argument[3]["DefaultValue"])
            raise AssemblyError(f"Fn::FindInMap finds no entry for {table!r}, {first!r}, {second!r}") from None

    def _import_value(self, argument: Any) -> Any:
        name = self.resolve(argument)
        if name not in self._imports:
            raise AssemblyError(f"Fn::ImportValue of {name!r}: no stack of the assembly exports it")
        return self._imports[name]

    def _get_stack_output(self, argument: Any) -> Any:
        region = argument.get("Region", {"Ref": "AWS::Region"})
        stack, region, output = (self.resolve(item) for item in (argument["StackName"], region, argument["OutputName"]))
        try:
            return self._outputs(stack, region, output)
        except KeyError:
            raise AssemblyError(
                f"Fn::GetStackOutput of {output!r} of {stack!r}: no stack of the assembly has that output"
            ) from None


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


_FUNCTIONS: Mapping[str, Callable[[Resolver, Any], Any]] = {
    "Ref": Resolver._ref,
    "Fn::GetAtt": Resolver._get_att,
    "Fn::Join": Resolver._join,
    "Fn::Sub": Resolver._sub,
    "Fn::Select": Resolver._select,
    "Fn::Split": Resolver._split,
    "Fn::If": Resolver._if,
    "Fn::Equals": Resolver._equals,
    "Fn::Not": lambda self, argument: not self._truth(argument[0]),
    "Fn::And": lambda self, argument: all(self._truth(item) for item in argument),
    "Fn::Or": lambda self, argument: any(self._truth(item) for item in argument),
    "Fn::FindInMap": Resolver._find_in_map,
    "Fn::ImportValue": Resolver._import_value,
    "Fn::GetStackOutput": Resolver._get_stack_output,
    "Fn::ToJsonString": lambda self, argument: json.dumps(self.resolve(argument), separators=(",", ":")),
    "Fn::Length": lambda self, argument: len(self.resolve(argument)),
    "Fn::Base64": lambda self, argument: base64.b64encode(_text(self.resolve(argument)).encode()).decode(),
}
