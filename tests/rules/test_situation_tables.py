"""Each row of the tables of what happens when something fails, and to a file, has a test that makes it happen."""

from __future__ import annotations

import re

import pytest

from support.checkout import CHECKOUT

SENDER = "unit/producer/sending/test_sender.py::"
SPOOL = "unit/producer/spool/test_disk_spool.py::"
PROCESSES = "end_to_end/producer/test_processes.py::"
FILES = "unit/producer/agent/test_file_set.py::"
INPUT = "unit/producer/cli/test_input_files.py::"

PRODUCER = {
    "some entries of a request fail": "end_to_end/producer/test_delivery.py::"
    "test_no_event_is_missing_and_none_is_doubled",
    "the stream throttles": "unit/producer/sending/test_rate_limiter.py::"
    "test_a_producer_keeps_to_a_quota_of_its_stream",
    "request fails: throttling": "end_to_end/producer/test_outage.py::test_an_outage_costs_no_event_and_few_requests",
    "a fault of the target": SENDER + "test_a_fault_that_is_not_an_event_s_costs_none_and_is_told",
    "a fault of the identity": SENDER + "test_a_fault_that_is_not_an_event_s_costs_none_and_is_told",
    "a clock that is wrong": SENDER + "test_a_fault_that_is_not_an_event_s_costs_none_and_is_told",
    "an answer that no AWS service gave": SENDER + "test_a_refusal_is_one_line_of_the_log_without_a_payload",
    "an answer that does not fit its request": "unit/producer/targets/test_connection.py::"
    "test_the_count_is_believed_only_with_the_evidence_of_the_entries",
    "the answer is lost": "end_to_end/producer/test_delivery.py::"
    "test_a_lost_answer_doubles_the_events_of_its_request_and_no_others",
    "the service refuses a request for its content": SENDER
    + "test_in_a_packed_record_only_the_event_at_fault_is_dropped",
    "the service refuses every event": SENDER + "test_a_stream_that_begins_to_refuse_everything_loses_no_event",
    "no region": "unit/producer/targets/test_session.py::test_a_missing_region_is_told_when_the_producer_is_made",
    "events older than": "unit/producer/buffer/test_event_buffer.py::"
    "test_events_expire_by_age_and_the_buffer_has_room_again",
    "buffer full": "unit/producer/buffer/test_event_buffer.py::"
    "test_drop_newest_refuses_the_new_event_at_once_and_keeps_the_bound",
    "`close` reaches its timeout": "end_to_end/producer/test_outage.py::"
    "test_close_against_a_black_hole_returns_in_time_and_hands_the_rest_back",
    "interpreter exit without": PROCESSES + "test_a_normal_exit_delivers_a_backlog",
    "no thread can be started": PROCESSES + "test_where_no_thread_can_be_started_events_are_sent_without_one",
    "SIGTERM or SIGHUP (`docker stop`": PROCESSES + "test_a_signal_that_ends_the_process_sends_the_rest_first",
    "SIGTERM or SIGHUP without it": PROCESSES + "test_without_handle_signals_such_a_signal_loses_the_buffer",
    "`put` in a signal handler": PROCESSES + "test_a_put_in_a_signal_handler_interrupts_one_that_is_under_way",
    "a signal handler raises": "unit/producer/buffer/test_event_buffer.py::"
    "test_a_signal_handler_that_raises_costs_no_event_that_was_put",
    "`kill -9` without a spool": PROCESSES + "test_an_end_that_runs_no_code_loses_the_buffer",
    "`kill -9` with a spool": "end_to_end/producer/test_durable.py::test_after_kill_9_every_event_put_is_delivered",
    "power loss with a spool": "unit/producer/spool/test_segment.py::"
    "test_frames_that_are_overwritten_cost_no_others_and_are_told",
    "a file of the spool is damaged": SPOOL + "test_a_file_that_is_not_understood_is_set_aside_and_told",
    "the spool's disk is full": SPOOL + "test_a_disk_that_fails_for_a_while_costs_no_event_and_no_copy",
    "the spool's disk cannot be read": SPOOL
    + "test_a_disk_that_cannot_be_read_costs_no_event_until_it_was_tried_often",
    "the clock of the machine steps": "unit/producer/spool/test_segment.py::"
    "test_the_age_of_a_frame_of_another_boot_is_not_known",
    "fork": PROCESSES + "test_after_a_fork_each_process_sends_its_own_events_once",
    "a child of `multiprocessing` ends": PROCESSES + "test_children_of_a_pool_that_is_left_deliver",
    "a child ends with `os._exit`": PROCESSES + "test_an_end_that_runs_no_code_loses_the_buffer",
}

ROTATION = {
    "renamed": FILES + "test_a_renamed_file_is_read_to_its_end_and_the_new_one_from_its_start",
    "copied, then truncated": FILES + "test_copytruncate_loses_and_repeats_nothing",
    "truncated and grown again": FILES + "test_copytruncate_while_nobody_follows_is_found_by_the_first_bytes",
    "deleted before": FILES + "test_a_file_deleted_before_it_was_read_to_its_end_is_read_to_its_end",
    "compressed": FILES + "test_a_compressed_file_beside_is_not_sent",
    "rotated *and* gzipped": FILES
    + "test_what_was_rotated_and_compressed_while_nobody_followed_is_read_from_the_gzip_file",
    "copied by somebody": FILES + "test_a_backup_copy_is_left_out_until_it_differs",
    "replaced by a new file of the same content": FILES
    + "test_a_file_replaced_by_one_of_the_same_content_and_more_goes_on",
    "replaced by a new file with the same inode": FILES
    + "test_another_file_with_the_same_inode_is_read_from_its_start",
    "written anew with the same header": FILES
    + "test_a_file_written_anew_with_the_same_long_header_is_read_from_its_start",
    "a folder or a file that cannot be read": "end_to_end/producer/test_faults.py::"
    "test_an_exception_at_any_point_of_the_agent_loses_no_line_and_repeats_none",
}

SEND = {
    "a line that is not a JSON object": "unit/producer/cli/test_send.py::"
    "test_an_invalid_line_is_named_and_its_neighbours_are_sent",
    "bytes that are not UTF-8": INPUT + "test_a_gzip_file_that_breaks_off_is_named_and_what_is_before_is_sent",
    "two columns of one name": INPUT + "test_csv_that_cannot_be_read_rightly_is_named_and_the_rows_before_are_sent",
    "a byte order mark of UTF-8": INPUT + "test_csv_in_customary_forms_is_read",
}

TABLES = {
    ("lambda/producer/README.md", "## What happens when something fails"): PRODUCER,
    ("docs/agent.md", "### Rotation"): ROTATION,
    ("docs/agent.md", "Nothing is guessed, and nothing damaged ends with 0:"): SEND,
}
"""By page and what stands before the table: how a row begins, and what shows it."""


@pytest.mark.parametrize(("page", "before"), TABLES)
def test_every_row_has_its_test_and_every_test_its_row(page: str, before: str) -> None:
    table = (CHECKOUT / page).read_text(encoding="utf-8").split(f"{before}\n")[1].lstrip().split("\n\n")[0]
    rows = [row.removeprefix("| ") for row in table.splitlines()[2:]]
    begins = TABLES[page, before]
    assert [row for row in rows if not row.startswith(tuple(begins))] == []
    assert [begin for begin in begins if not any(row.startswith(begin) for row in rows)] == []


@pytest.mark.parametrize("test", sorted({test for begins in TABLES.values() for test in begins.values()}))
def test_the_test_exists(test: str) -> None:
    path, name = test.split("::")
    source = (CHECKOUT / "tests" / path).read_text(encoding="utf-8")
    assert re.search(rf"^def {name}\(", source, re.MULTILINE)
