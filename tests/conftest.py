"""What all tests share: the Node.js of the wheel runs the CDK, whatever Node.js the machine has."""

from __future__ import annotations

import os
import sys
from pathlib import Path

_NODE = Path(sys.executable).with_name("node")

# Before anything imports aws_cdk, which starts Node.js.
if _NODE.exists():
    os.environ.setdefault("JSII_NODE", str(_NODE))
