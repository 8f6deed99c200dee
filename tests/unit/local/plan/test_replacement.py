from __future__ import annotations

from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER

from clickstream_local.plan.replacement import create_only


def test_what_replaces_a_resource_is_what_the_registry_schemas_say() -> None:
    """cfn-lint carries the schemas of CloudFormation's registry: ours cannot go stale unnoticed."""
    schemas = {type_: PROVIDER_SCHEMA_MANAGER.get_resource_schema("us-east-1", type_).schema for type_ in create_only()}

    def paths(schema: dict[str, list[str]], name: str) -> frozenset[str]:
        return frozenset(path.removeprefix("/properties/").replace("/", ".") for path in schema.get(name) or ())

    assert {type_: (one.always, one.sometimes) for type_, one in create_only().items()} == {
        type_: (paths(schema, "createOnlyProperties"), paths(schema, "conditionalCreateOnlyProperties"))
        for type_, schema in schemas.items()
    }
