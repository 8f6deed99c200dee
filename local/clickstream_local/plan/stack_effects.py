"""What changes in a stack beside its resources: outputs that others import, parameters, macros, rules."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from clickstream_local.plan.differences import Differences
from clickstream_local.plan.finding import Effect, Severity
from clickstream_local.plan.kinds import Context
from clickstream_local.plan.sides import StackSide, pseudo_parameters
from clickstream_local.plan.values import Values, renewed

_CDK_RULE = "CheckBootstrapVersion"
_TWO_STEPS = (
    "deploy twice: first the importing stack without it, then this one; `stack.export_value(...)` keeps it meanwhile"
)
_SPOKEN_OF = frozenset({"Resources", "Outputs", "Parameters", "Transform", "Rules"})
_HARMLESS = frozenset({"AWSTemplateFormatVersion", "Conditions", "Description", "Mappings", "Metadata"})


@dataclass(frozen=True)
class Importers:
    """Which other stacks use a stack's outputs: by the name of an export, and by the output's own name."""

    exports: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    outputs: Mapping[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)


def importers_of(stacks: Iterable[StackSide]) -> Importers:
    """What the stacks of one side import from each other."""
    exports: dict[str, dict[str, None]] = {}
    outputs: dict[tuple[str, str], dict[str, None]] = {}
    for stack in stacks:
        values = Values(stack.body, pseudo=dict(pseudo_parameters(stack, None)), parameters={})
        for name, argument in _calls(stack.body):
            if name == "Fn::ImportValue":
                exports.setdefault(str(values.resolve(argument)), {})[stack.name] = None
            elif isinstance(argument, Mapping):
                key = (str(argument.get("StackName")), str(argument.get("OutputName")))
                outputs.setdefault(key, {})[stack.name] = None
    return Importers(
        {name: tuple(stacks) for name, stacks in exports.items()},
        {key: tuple(stacks) for key, stacks in outputs.items()},
    )


def _calls(value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping):
        for key, item in value.items():
            if key in ("Fn::ImportValue", "Fn::GetStackOutput"):
                yield key, item
            yield from _calls(item)
    elif isinstance(value, list):
        for item in value:
            yield from _calls(item)


def stack_effects(differences: Differences, context: Context, importers: Importers) -> Iterator[tuple[str, Effect]]:
    """Name of a part of the stack, such as ``output EndpointUrl``, and what its change does.

    Parameters
    ----------
    differences:
        Both sides of the stack.
    context:
        For showing values.
    importers:
        The stacks that use its outputs.
    """
    yield from _outputs(differences, context, importers)
    yield from _parameters(differences)
    old, new = differences.old.stack.body, differences.new.stack.body
    for name in _macros(new):
        yield (
            f"macro {name}",
            Effect(
                Severity.UNKNOWN,
                "is run by CloudFormation, and plan does not know what it makes of the template",
                way_out="compare processed templates: aws cloudformation get-template --template-stage Processed",
            ),
        )
    rules = [
        {name: rule for name, rule in (body.get("Rules") or {}).items() if name != _CDK_RULE} for body in (old, new)
    ]
    if rules[0] != rules[1]:
        what = "change: their assertions can refuse the deployment"
        yield "rules of the template", Effect(Severity.UNKNOWN, what)
    for section in {**old, **new}:
        if section not in _SPOKEN_OF and old.get(section) != new.get(section):
            known = section in _HARMLESS
            what = "changes; its effects are listed with the resources" if known else "changes, effect unknown"
            yield f"section {section}", Effect(Severity.SAFE if known else Severity.UNKNOWN, what)


def _macros(body: Mapping[str, Any]) -> list[str]:
    named = body.get("Transform") or []
    macros = [named] if isinstance(named, str | Mapping) else named
    names = [str(one.get("Name")) if isinstance(one, Mapping) else str(one) for one in macros]
    # It only adds intrinsic functions, which are compared as they are written.
    return [name for name in names if name != "AWS::LanguageExtensions"]


def _outputs(differences: Differences, context: Context, importers: Importers) -> Iterator[tuple[str, Effect]]:
    old, new = (side.stack.body.get("Outputs") or {} for side in (differences.old, differences.new))
    for name in {**old, **new}:
        if name not in old:
            yield f"output {name}", Effect(Severity.SAFE, "is new")
            continue
        before = differences.old.values.resolve(old[name])
        after = renewed(differences.new.values.resolve(new[name]), differences.replaced) if name in new else {}
        yield from _output(name, before, after, differences.old.stack.name, context, importers)


def _output(
    name: str, old: Any, new: Any, stack: str, context: Context, importers: Importers
) -> Iterator[tuple[str, Effect]]:
    values, exports = (
        [one.get("Value") for one in (old, new)],
        [one.get("Export", {}).get("Name") for one in (old, new)],
    )
    what = f"is {context.shown(values[1])}, {context.shown(values[0])} before" if new else "vanishes"
    if exports[0] is not None and (exports[0] != exports[1] or values[0] != values[1]):
        users = importers.exports.get(exports[0], ())
        if users:
            yield (
                f"output {name}",
                Effect(
                    Severity.REFUSED,
                    f"{what}, but {', '.join(users)} imports it as {exports[0]}: CloudFormation refuses that",
                    "an export in use can neither change nor go",
                    _TWO_STEPS,
                ),
            )
        else:
            yield (
                f"output {name}",
                Effect(
                    Severity.READERS,
                    f"{what}; it is exported as {exports[0]}, and CloudFormation refuses that while a stack imports it",
                    way_out=f"aws cloudformation list-imports --export-name {exports[0]}",
                ),
            )
    elif values[0] != values[1]:
        readers = importers.outputs.get((stack, name), ())
        way_out = f"deploy {', '.join(readers)} right after, which reads it when it is deployed" if readers else ""
        yield f"output {name}", Effect(Severity.READERS, what, "programs and stacks may read it", way_out)
    elif old != new:
        yield f"output {name}", Effect(Severity.SAFE, "its description or export changes")


def _parameters(differences: Differences) -> Iterator[tuple[str, Effect]]:
    old, new = (side.stack.body.get("Parameters") or {} for side in (differences.old, differences.new))
    for name in {**old, **new}:
        before, after = old.get(name), new.get(name)
        subject = f"parameter {name}"
        if before == after:
            continue
        if after is None:
            yield subject, Effect(Severity.SAFE, "vanishes; its effects are listed with the resources")
        elif before is None and "Default" not in after and name not in differences.new.values.parameters:
            yield (
                subject,
                Effect(
                    Severity.REFUSED,
                    "is new and has no default: the deployment needs a value for it",
                    way_out=f"--parameters {name}=VALUE of cdk deploy; --parameter {name}=VALUE here",
                ),
            )
        elif before is None:
            yield subject, Effect(Severity.SAFE, "is new")
        elif before.get("Default") != after.get("Default") and name not in differences.new.values.parameters:
            yield (
                subject,
                Effect(
                    Severity.UNKNOWN,
                    f"its default is {after.get('Default')!r}, {before.get('Default')!r} before",
                    "cdk deploy keeps the value that a deployed stack has; other tools may take the default",
                    f"say which with --parameter {name}=VALUE",
                ),
            )
        elif before.get("Type") != after.get("Type"):
            yield subject, Effect(Severity.UNKNOWN, f"is of type {after.get('Type')}, {before.get('Type')} before")
        else:
            yield subject, Effect(Severity.SAFE, "its description, its limits or its default change; its value stays")
