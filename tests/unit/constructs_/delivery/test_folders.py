from __future__ import annotations

import pytest

from cdk_clickstream.delivery.folders import Folders
from support.stacks import refusal


def test_a_pipeline_without_a_folder_writes_where_it_always_did() -> None:
    folders = Folders()
    assert folders.data.folder == "events/"
    assert folders.errors.text == "errors/!{firehose:error-output-type}/dt=!{timestamp:yyyy-MM-dd}/"
    assert folders.rejected == "errors/rejected/"
    assert folders.backup.text == "backup/dt=!{timestamp:yyyy-MM-dd}/"


def test_a_folder_lies_below_those_whose_objects_expire() -> None:
    folders = Folders("shop/app")
    assert folders.data.text == "shop/app/events/event_date=!{timestamp:yyyy-MM-dd}/"
    assert folders.errors.folder == "errors/shop/app/"
    assert folders.rejected == "errors/shop/app/rejected/"
    assert folders.backup.folder == "backup/shop/app/"


@pytest.mark.parametrize("folder", ["", "/app", "app/", "a//b", "!{timestamp:yyyy}", "${Token[TOKEN.1]}", "a b"])
def test_what_is_no_plain_folder_is_refused(folder: str) -> None:
    message = refusal(lambda: Folders(folder))
    assert "must be a plain folder" in message
    assert "Token[" not in message
