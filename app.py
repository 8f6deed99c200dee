"""The app that ``cdk deploy`` deploys: the reference stack. Put your own stack in its place when you have one."""

from __future__ import annotations

import aws_cdk as cdk

from cdk_clickstream.reference import ReferenceStack

app = cdk.App()
ReferenceStack(app, "Clickstream")
app.synth()
