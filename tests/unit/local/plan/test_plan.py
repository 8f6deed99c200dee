from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clickstream_local.plan.errors import PlanError
from clickstream_local.plan.plan import plan
from clickstream_local.plan.sides import Pair, StackSide
from support.plans import findings, one, reference, said, stack

BUCKET = "AWS::S3::Bucket"
STREAM = "AWS::KinesisFirehose::DeliveryStream"


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The way to every value in a resource."""
    found = [path] if path else []
    if isinstance(value, dict):
        for key, item in value.items():
            found += places(item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            found += places(item, (*path, index))
    return found


REFERENCE = reference()
PLACES = [
    (section, *path)
    for section in ("Resources", "Outputs", "Parameters", "Description")
    for path in places(REFERENCE[section]) or [()]
    # What tools write for themselves; a type is text.
    if "Metadata" not in path and path[-1:] != ("Type",)
]
VALUES = st.one_of(
    st.booleans(),
    st.integers(-5, 10_000),
    st.text(st.characters(codec="ascii", min_codepoint=33), min_size=1, max_size=8),
    st.lists(st.text(st.characters(codec="ascii", min_codepoint=97), max_size=3), max_size=2),
    st.dictionaries(st.sampled_from(["A", "Enabled", "Ref", "Fn::If", "Fn::GetAtt"]), st.text(max_size=3), max_size=2),
    st.sampled_from([{"Ref": "AWS::Region"}, {"Ref": "AWS::NoValue"}, {"Fn::Sub": "${AWS::Region}-x"}]),
)


def settled(value: Any) -> Any:
    """The value as CloudFormation compares it: no empty members, no difference between 5 and "5"."""
    if isinstance(value, dict):
        if value == {"Ref": "AWS::NoValue"}:
            return None
        return {key: text for key, item in value.items() if (text := settled(item)) is not None}
    if isinstance(value, list):
        return [text for item in value if (text := settled(item)) is not None]
    return json.dumps(value).strip('"')


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(PLACES), VALUES, st.booleans())
def test_a_change_anywhere_in_the_reference_stack_is_never_called_nothing(
    place: tuple[Any, ...], value: Any, remove: bool
) -> None:
    changed = copy.deepcopy(REFERENCE)
    holder: Any = changed
    for step in place[:-1]:
        holder = holder[step]
    if remove or (place[0] == "Resources" and len(place) == 2):
        del holder[place[-1]]
    else:
        holder[place[-1]] = value
    if settled(changed) == settled(REFERENCE):
        return
    try:
        assert findings(StackSide("Shop", REFERENCE), StackSide("Shop", changed)) != ()
    except PlanError:
        # No template at all; below Properties, a value of another form is unknown.
        assert "Properties" not in place


@pytest.mark.parametrize("logical_id", REFERENCE["Resources"])
def test_a_resource_that_is_left_out_is_never_called_nothing(logical_id: str) -> None:
    changed = copy.deepcopy(REFERENCE)
    del changed["Resources"][logical_id]
    found = findings(StackSide("Shop", REFERENCE), StackSide("Shop", changed))
    assert logical_id in {finding.subject.logical_id for finding in found}


def test_construct_paths_name_resources_where_they_are_known() -> None:
    metadata = {"aws:cdk:path": "Shop/Clicks/Bucket/Resource"}
    (finding,) = findings(stack({"It": one(BUCKET, Metadata=metadata)}), stack({}))
    assert finding.subject.name == "Clicks/Bucket"


def test_a_stack_that_is_only_in_old_is_not_touched() -> None:
    (finding,) = plan([Pair("Shop", stack({"It": one(BUCKET)}), None)], {})
    assert finding.effect.what == "is not in NEW: a deployment does not touch it; it stays as it is, and bills"


def test_a_new_stack_is_said_in_one_line() -> None:
    (finding,) = plan([Pair("Shop", None, stack({"It": one(BUCKET)}))], {})
    assert (finding.severity.label, finding.effect.what) == ("safe", "is new: 1 resources are made")


def test_another_region_is_another_stack() -> None:
    old, new = (StackSide("Shop", {"Resources": {}}, region=region) for region in ("eu-west-1", "eu-central-1"))
    (finding,) = plan([Pair("Shop", old, new)], {})
    assert "is deployed to ?/eu-central-1, where it is another stack" in finding.effect.what


def nested(outer: dict[str, Any], inner: dict[str, Any]) -> StackSide:
    body = {"Resources": inner, "Parameters": {"Bucket": {"Type": "String"}}}
    inside = StackSide("Inner", body, named=False)
    return StackSide("Shop", {"Resources": outer}, nested=lambda logical_id, url: inside)


def nested_stack(url: str, bucket: Any) -> dict[str, Any]:
    return one("AWS::CloudFormation::Stack", {"TemplateURL": url, "Parameters": {"Bucket": bucket}})


def test_a_nested_stack_is_compared_with_the_values_that_the_outer_one_gives_it() -> None:
    stream = one(STREAM, {"ExtendedS3DestinationConfiguration": {"BucketARN": {"Ref": "Bucket"}}})
    old, new = (
        nested({"Inner": nested_stack(url, f"arn:{url}")}, {"Stream": stream, **more})
        for url, more in (("a", {"Log": one("AWS::Logs::LogGroup")}), ("b", {}))
    )
    assert said(old, new) == [
        "data-loss: Inner/Log is deleted, with its log events",
        "visible: Inner/Stream delivers to arn:b from now on; objects so far stay in arn:a",
    ]


def test_a_nested_stack_whose_template_is_not_at_hand_is_unknown() -> None:
    old, new = (stack({"Inner": nested_stack(url, "x")}) for url in "ab")
    assert said(old, new) == ["unknown: Inner TemplateURL changes from a to b, effect unknown"]
    assert said(old, stack({})) == ["unknown: Inner is deleted with everything in it, which plan does not see"]


def test_an_address_of_a_template_says_whether_it_is_the_same() -> None:
    (line,) = said(*(stack({"Inner": nested_stack("https://s3/inner.yaml", "x")}) for _ in range(2)))
    assert line == "unknown: Inner may change inside, where plan does not see it"
    assert said(*(stack({"Inner": nested_stack(f"https://s3/{'a' * 64}.json", "x")}) for _ in range(2))) == []


def test_what_a_deleted_nested_stack_holds_is_deleted() -> None:
    old = nested({"Inner": nested_stack("a", "x")}, {"Log": one("AWS::Logs::LogGroup")})
    assert said(old, stack({})) == ["data-loss: Inner/Log is deleted, with its log events"]


def test_a_part_of_another_form_is_refused() -> None:
    with pytest.raises(PlanError, match="has another form than CloudFormation's"):
        findings(stack({}, Outputs={"A": True}), stack({}))


def test_a_template_that_holds_itself_is_refused() -> None:
    loop: dict[str, Any] = {}
    loop["Loop"] = loop
    side = stack({"It": one(BUCKET, loop)})
    with pytest.raises(PlanError, match="holds itself by a YAML anchor"):
        findings(side, stack({}))
