"""The local runtime of cdk-clickstream."""
