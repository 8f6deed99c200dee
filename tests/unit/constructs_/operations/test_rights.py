from __future__ import annotations

import subprocess
import sys

from cdk_clickstream.operations.rights import rights_of


def test_operating_takes_all_that_diagnosing_takes_and_what_puts_right() -> None:
    diagnose, both = rights_of("diagnose"), rights_of("diagnose", "operate")
    assert set(both) - set(diagnose) == {"target", "failures"}
    assert {kind: both[kind] for kind in diagnose} == diagnose


def test_no_right_of_diagnosing_writes() -> None:
    verbs = {right.partition(":")[2] for rights in rights_of("diagnose").values() for right in rights}
    assert {verb for verb in verbs if not verb.startswith(("Describe", "List", "Get", "Filter", "Decrypt"))} == set()


def test_the_list_is_read_without_importing_the_commands() -> None:
    code = (
        "import sys; from cdk_clickstream.operations.rights import rights_of; rights_of('diagnose'); "
        "sys.exit('clickstream_local' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
