"""Options of the form NAME=VALUE."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, get_args, get_type_hints

import click

from clickstream_local.firehose.config.disagreements import Disagreements
from clickstream_local.firehose.faults import Faults


def pair(option: str, given: str, form: str) -> tuple[str, str]:
    """Name and value; raises ``click.BadParameter`` where there is no ``=``."""
    name, separator, value = given.partition("=")
    if not separator:
        raise click.BadParameter(f"{given!r} has no '='; write {form}", param_hint=option)
    return name, value


def faults(shares: tuple[str, ...]) -> Faults:
    """The faults of ``--fault``; raises ``click.BadParameter``."""
    given = {}
    for share in shares:
        kind, value = pair("--fault", share, "KIND=SHARE")
        if kind not in ("throttle", "partial"):
            raise click.BadParameter(
                f"{kind!r} is no kind of fault; there are throttle and partial", param_hint="--fault"
            )
        try:
            given[kind] = float(value)
        except ValueError:
            raise click.BadParameter(f"{value!r} is not a number between 0 and 1", param_hint="--fault") from None
    try:
        return Faults(throttle=given.get("throttle", 0.0), partial=given.get("partial", 0.0))
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--fault") from None


def disagreements(switches: tuple[str, ...]) -> Disagreements:
    """The switches of ``--disagreement``; raises ``click.BadParameter``."""
    kinds = get_type_hints(Disagreements)
    given: dict[str, Any] = {}
    for switch in switches:
        name, value = pair("--disagreement", switch, "NAME=VALUE")
        if name not in kinds:
            known = ", ".join(sorted(kinds))
            raise click.BadParameter(f"{name!r} is no switch; there are {known}", param_hint="--disagreement")
        given[name] = _switch(name, value, kinds)
    try:
        return Disagreements(**given)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--disagreement") from None


def _switch(name: str, value: str, kinds: Mapping[str, Any]) -> Any:
    kind = kinds[name]
    choices = _choices(kind)
    if kind is int:
        if value.isascii() and value.isdigit():
            return int(value)
    elif value in choices:
        return value == "true" if kind is bool else value
    raise click.BadParameter(f"{name} is {value!r}: it must be {' or '.join(choices)}", param_hint="--disagreement")


def _choices(kind: Any) -> tuple[str, ...]:
    if kind is int:
        return ("a whole number",)
    return ("true", "false") if kind is bool else get_args(kind)
