from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from support.checkout import CHECKOUT


def python_blocks() -> list[str]:
    return re.findall(r"```python\n(.*?)```", (CHECKOUT / "README.md").read_text(), re.DOTALL)


def test_the_stack_in_the_readme_synthesizes(tmp_path: Path) -> None:
    app = tmp_path / "app.py"
    app.write_text(next(block for block in python_blocks() if "ClickstreamPipeline" in block))
    environment = os.environ | {"CDK_OUTDIR": str(tmp_path / "cdk.out")}
    environment.setdefault("JSII_NODE", str(Path(sys.executable).parent / "node"))
    done = subprocess.run([sys.executable, app], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "cdk.out" / "Shop.template.json").exists()


def test_the_producer_in_the_readme_takes_the_event_it_shows() -> None:
    """Without an endpoint: the event waits, and the exit is bounded."""
    block = next(block for block in python_blocks() if "clickstream_producer" in block)
    code = block.replace('region="eu-west-1"', 'region="eu-west-1", endpoint_url="http://127.0.0.1:9"')
    keys = {"AWS_ACCESS_KEY_ID": "LOCAL", "AWS_SECRET_ACCESS_KEY": "local", "AWS_EC2_METADATA_DISABLED": "true"}
    code += "\nprint(producer.stats().put)\n"
    done = subprocess.run(
        [sys.executable, "-c", code], env=os.environ | keys, capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stdout) == (0, "1\n"), done.stderr
