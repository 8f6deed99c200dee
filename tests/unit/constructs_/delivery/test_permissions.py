from __future__ import annotations

from cdk_clickstream import OutputFormat, Permissions, TableReference
from support.stacks import STREAM, Synthesized, flat, new_stack, pipeline, stream_in

GRANT = "AWS::LakeFormation::PrincipalPermissions"


def test_lake_formation_lets_the_role_describe_the_pipelines_own_table_before_the_stream_is_made() -> None:
    """facts/iam.md#delivery-role: DESCRIBE on the table, of one's own database too, and GetDataAccess on the role."""
    found = pipeline(permissions=Permissions(lake_formation=True))
    (grant,) = found.of_type(GRANT)
    granted = found.only(GRANT)
    (table,) = found.of_type("AWS::Glue::Table")
    assert granted["Permissions"] == ["DESCRIBE"]
    assert granted["Resource"]["Table"]["Name"] == {"Ref": table}
    (role,) = [id_ for id_ in found.of_type("AWS::IAM::Role") if "PipelineStreamRole" in id_]
    assert granted["Principal"] == {"DataLakePrincipalIdentifier": {"Fn::GetAtt": [role, "Arn"]}}
    (stream,) = [one for id_, one in found.of_type(STREAM).items() if "PipelineStream" in id_]
    assert grant in stream["DependsOn"]
    statement = found.statements("PipelineStreamRole")["LakeFormation"]
    assert (statement["Action"], statement["Resource"]) == ("lakeformation:GetDataAccess", "*")


def test_the_owner_of_another_catalog_grants_by_himself() -> None:
    stack = new_stack()
    table = TableReference("clicks", "events", catalog_id="222222222222")
    stream_in(stack, output=OutputFormat.parquet(), table=table, permissions=Permissions(lake_formation=True))
    found = Synthesized(stack)
    assert not found.of_type(GRANT)
    assert flat(found.statements("StreamRole")["LakeFormation"]["Resource"]) == "*"
