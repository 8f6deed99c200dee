"""Which files are followed, and from where: renamed, copied and truncated, compressed (facts/goals.md#producer, C9)."""

from __future__ import annotations

import gzip
import os
import shutil
import time
from pathlib import Path

import pytest

from clickstream_producer.agent import tracked_file
from support.producer.agents import agent, append, following, lines, numbers, run_once
from support.producer.events import wait_until
from support.producer.sink import Sink


def test_without_positions_files_are_read_from_their_start_unless_told_otherwise(sink: Sink, folder: Path) -> None:
    file = folder / "app.log"
    file.write_bytes(lines(1, 2) + lines(3)[:5])
    run_once(sink, folder, start="end")
    assert numbers(sink) == []
    append(file, lines(3)[5:])
    (folder / "app.log.2").write_bytes(lines(4))
    run_once(sink, folder, start="end")
    # The line that was being written at the first run, and the file that came later from its start.
    assert numbers(sink) == [3, 4]


def test_folders_can_be_part_of_the_pattern(sink: Sink, folder: Path) -> None:
    for number, name in enumerate(("a", "b/c")):
        (folder / name).mkdir(parents=True)
        (folder / name / "app.log").write_bytes(lines(number))
    run_once(sink, folder, "**/*.log")
    assert numbers(sink) == [0, 1]


def test_a_file_that_two_names_lead_to_is_read_once(sink: Sink, folder: Path) -> None:
    (folder / "app.log.20261121").write_bytes(lines(1))
    (folder / "app.log").symlink_to(folder / "app.log.20261121")
    run_once(sink, folder)
    assert numbers(sink) == [1]


def test_a_link_that_leads_to_itself_hides_no_line_of_a_new_file(sink: Sink, folder: Path) -> None:
    """A listing is complete without it, and the first one ends."""
    (folder / "app.log.loop").symlink_to("app.log.loop")
    (folder / "app.log").write_bytes(lines(1))
    with following(sink, folder, start="end"):
        time.sleep(1)  # the first scan is over
        (folder / "app.log.new").write_bytes(lines(2, 3))
        wait_until(lambda: numbers(sink) == [2, 3])


def truncate(file: Path) -> None:
    with file.open("r+b") as log:
        log.truncate(0)


def test_a_renamed_file_is_read_to_its_end_and_the_new_one_from_its_start(sink: Sink, folder: Path) -> None:
    file, old = folder / "app.log", folder / "app.log.1"
    file.write_bytes(lines(1))
    with following(sink, folder):
        wait_until(lambda: numbers(sink) == [1])
        file.rename(old)
        append(old, lines(2))  # the writer does not know yet
        file.write_bytes(lines(3))
        wait_until(lambda: numbers(sink) == [1, 2, 3])
        old.rename(folder / "app.log.2")
        file.rename(old)
        file.write_bytes(lines(4))
        wait_until(lambda: numbers(sink) == [1, 2, 3, 4])


def test_a_rename_while_nobody_follows_changes_nothing(sink: Sink, folder: Path) -> None:
    file = folder / "app.log"
    file.write_bytes(lines(1))
    run_once(sink, folder)
    append(file, lines(2))
    file.rename(folder / "app.log.1")
    file.write_bytes(lines(3))
    run_once(sink, folder)
    assert numbers(sink) == [1, 2, 3]


def test_a_file_renamed_out_of_the_pattern_is_still_read_to_its_end(sink: Sink, folder: Path) -> None:
    file = folder / "app.log"
    file.write_bytes(lines(1))
    with following(sink, folder, "app.log"):
        wait_until(lambda: numbers(sink) == [1])
        old = file.rename(folder / "old")
        append(old, lines(2))
        file.write_bytes(lines(3))
        wait_until(lambda: numbers(sink) == [1, 2, 3])


def test_a_copy_that_is_met_before_its_original_was_read_is_not_read_too(sink: Sink, folder: Path) -> None:
    # facts/goals.md#producer, C9. On a busy machine copytruncate has not truncated yet when the agent finds both.
    file = folder / "app.log"
    file.write_bytes(lines(1, 2))
    shutil.copyfile(file, folder / "app.log.1")
    with following(sink, folder):
        wait_until(lambda: numbers(sink) == [1, 2])
        with file.open("r+b") as log:
            log.truncate(0)
        append(file, lines(3))
        wait_until(lambda: 3 in numbers(sink))
    assert numbers(sink) == [1, 2, 3]


def test_a_rotated_file_that_begins_like_the_live_one_is_read(sink: Sink, folder: Path) -> None:
    same = lines(*[0] * 30)
    (folder / "app.log.1").write_bytes(same + lines(1))
    (folder / "app.log").write_bytes(same + lines(2, 3))
    run_once(sink, folder)
    assert numbers(sink) == [0] * 60 + [1, 2, 3]


def test_a_file_deleted_before_it_was_read_to_its_end_is_read_to_its_end(sink: Sink, folder: Path) -> None:
    file = folder / "app.log"
    file.write_bytes(lines(1))
    with following(sink, folder):
        wait_until(lambda: numbers(sink) == [1])
        with file.open("ab") as log:
            file.unlink()
            log.write(lines(2))
        wait_until(lambda: numbers(sink) == [1, 2])


def test_the_last_line_of_a_rotated_file_is_sent_without_its_newline(sink: Sink, folder: Path) -> None:
    file = folder / "app.log"
    file.write_bytes(lines(1) + lines(2)[:-1])
    with following(sink, folder):
        wait_until(lambda: numbers(sink) == [1])
        file.rename(folder / "app.log.1")
        wait_until(lambda: numbers(sink) == [1, 2])


def test_the_last_line_of_a_rotated_file_is_sent_after_a_restart_too(sink: Sink, folder: Path) -> None:
    file = folder / "app.log"
    file.write_bytes(lines(1) + lines(2)[:-1])
    run_once(sink, folder, line_quiet=60)
    file.rename(folder / "app.log.1")
    run_once(sink, folder, line_quiet=60)
    assert numbers(sink) == [1]
    with following(sink, folder):
        wait_until(lambda: numbers(sink) == [1, 2])


def test_a_file_that_comes_back_is_not_sent_again(
    sink: Sink, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tracked_file, "VANISHED", 0.0)  # else it would take a minute until it counts as gone
    file = folder / "app.log"
    file.write_bytes(lines(1))
    with following(sink, folder):
        wait_until(lambda: numbers(sink) == [1])
        away = file.rename(tmp_path / "away")
        time.sleep(0.2)
        append(away, lines(2))
        away.rename(file)
        wait_until(lambda: numbers(sink) == [1, 2])


def test_copytruncate_loses_and_repeats_nothing(sink: Sink, folder: Path) -> None:
    file, copy = folder / "app.log", folder / "app.log.1"
    file.write_bytes(lines(1, 2))
    with following(sink, folder):
        wait_until(lambda: numbers(sink) == [1, 2])
        for number in range(3, 30, 3):
            append(file, lines(number))
            # Lines that come and are cut off between two looks are in the copy alone.
            append(file, lines(number + 1))
            shutil.copyfile(file, copy)
            truncate(file)
            append(file, lines(number + 2))
            wait_until(lambda number=number: numbers(sink) == list(range(1, number + 3)))
            copy.unlink()


def test_a_copy_that_is_seen_half_done_is_not_sent(sink: Sink, folder: Path) -> None:
    file, copy = folder / "app.log", folder / "app.log.1"
    file.write_bytes(lines(*range(100)))
    with following(sink, folder):
        wait_until(lambda: len(sink.events) == 100)
        half = len(lines(*range(40))) + 7
        copy.touch()
        append(copy, file.read_bytes()[:half])
        append(file, lines(100))
        wait_until(lambda: len(sink.events) == 101)
        append(copy, file.read_bytes()[half:])
        truncate(file)
        append(file, lines(101))
        wait_until(lambda: len(sink.events) == 102)
    assert numbers(sink) == list(range(102))


def test_copytruncate_and_a_rename_between_two_looks_are_told_apart(sink: Sink, folder: Path) -> None:
    file, copy = folder / "app.log", folder / "app.log.1"
    file.write_bytes(lines(1, 2))
    run_once(sink, folder)
    append(file, lines(3))
    shutil.copyfile(file, copy)
    truncate(file)
    append(file, lines(4))
    copy.rename(folder / "app.log.2")
    file.rename(copy)
    file.write_bytes(lines(5))
    run_once(sink, folder)
    assert numbers(sink) == [1, 2, 3, 4, 5]


def test_a_copy_that_got_the_inode_of_a_deleted_file_is_still_a_copy(sink: Sink, folder: Path) -> None:
    file, other = folder / "app.log", folder / "app.log.1"
    file.write_bytes(lines(1, 2))
    other.write_bytes(lines(0))
    run_once(sink, folder)
    append(file, lines(3))
    with other.open("r+b") as log:  # deleted, and its inode number used again for the copy
        log.write(file.read_bytes())
    truncate(file)
    append(file, lines(4))
    run_once(sink, folder)
    assert numbers(sink) == [0, 1, 2, 3, 4]


def test_copytruncate_while_nobody_follows_is_found_by_the_first_bytes(sink: Sink, folder: Path) -> None:
    file = folder / "app.log"
    file.write_bytes(lines(1, 2))
    run_once(sink, folder)
    append(file, lines(3))
    shutil.copyfile(file, folder / "app.log.1")
    truncate(file)
    append(file, lines(4, 5, 6, 7))  # longer than what was read before: its size tells nothing
    run_once(sink, folder)
    run_once(sink, folder)
    assert numbers(sink) == [1, 2, 3, 4, 5, 6, 7]


def test_a_writer_that_leaves_a_hole_after_truncation_is_understood(sink: Sink, folder: Path) -> None:
    # A writer without append mode goes on at its old offset: the file begins with zero bytes.
    file = folder / "app.log"
    with file.open("wb", buffering=0) as log, following(sink, folder):
        log.write(lines(*range(200)))
        wait_until(lambda: len(sink.events) == 200)
        truncate(file)
        log.write(lines(200))
        wait_until(lambda: len(sink.events) == 201)
    assert numbers(sink) == list(range(201))


def test_another_file_with_the_same_inode_is_read_from_its_start(sink: Sink, folder: Path) -> None:
    # Rewritten in place: what an inode number that is used again looks like.
    file = folder / "app.log"
    file.write_bytes(lines(1, 2))
    run_once(sink, folder)
    with file.open("r+b") as log:
        log.write(lines(3, 4, 5))
    run_once(sink, folder)
    assert numbers(sink) == [1, 2, 3, 4, 5]


def test_a_backup_copy_is_left_out_until_it_differs(sink: Sink, folder: Path) -> None:
    file = folder / "app.log"
    file.write_bytes(lines(1, 2))
    with following(sink, folder):
        wait_until(lambda: numbers(sink) == [1, 2])
        shutil.copyfile(file, folder / "app.log.bak")
        append(file, lines(3))
        wait_until(lambda: numbers(sink) == [1, 2, 3])
        file.rename(folder / "app.log.1")
        file.write_bytes(lines(4))
        wait_until(lambda: numbers(sink) == [1, 2, 3, 4])
        append(folder / "app.log.bak", lines(5))
        wait_until(lambda: numbers(sink) == [1, 1, 2, 2, 3, 4, 5])


def test_logs_of_two_processes_that_begin_alike_are_both_sent(sink: Sink, folder: Path) -> None:
    (folder / "app-1.log").write_bytes(lines(1))
    with following(sink, folder, "app-*.log"):
        wait_until(lambda: numbers(sink) == [1])
        (folder / "app-2.log").write_bytes(lines(1))
        wait_until(lambda: numbers(sink) == [1, 1])


def test_a_compressed_file_beside_is_not_sent(sink: Sink, folder: Path) -> None:
    file, old = folder / "app.log", folder / "app.log.1"
    file.write_bytes(lines(1))
    with following(sink, folder):
        wait_until(lambda: numbers(sink) == [1])
        file.rename(old)
        append(old, lines(2))
        file.write_bytes(lines(3))
        wait_until(lambda: numbers(sink) == [1, 2, 3])
        (folder / "app.log.1.gz").write_bytes(gzip.compress(old.read_bytes()))
        old.unlink()
        append(file, lines(4))
        wait_until(lambda: numbers(sink) == [1, 2, 3, 4])
    run_once(sink, folder)
    assert numbers(sink) == [1, 2, 3, 4]


@pytest.mark.parametrize("by", ["rename", "copytruncate"])
def test_what_was_rotated_and_compressed_while_nobody_followed_is_read_from_the_gzip_file(
    sink: Sink, folder: Path, by: str
) -> None:
    file, packed = folder / "app.log", folder / "app.log.1.gz"
    file.write_bytes(lines(1, 2))
    run_once(sink, folder)
    append(file, lines(3, 4))
    packed.write_bytes(gzip.compress(file.read_bytes()))
    if by == "rename":
        file.unlink()
        (folder / "other").touch()  # so that the inode number is not free for the next file
        file.write_bytes(lines(5))
    else:
        truncate(file)
        append(file, lines(5))
    run_once(sink, folder)
    run_once(sink, folder)
    assert numbers(sink) == [1, 2, 3, 4, 5]


@pytest.mark.parametrize("name", ["app.log1508910000", "app.log (copy)", "app.log.save", "old-app.log", "snapshot"])
def test_a_copy_made_by_copytruncate_is_known_by_its_content_whatever_its_name(
    sink: Sink, folder: Path, name: str
) -> None:
    # awslabs/amazon-kinesis-agent#118, elastic/beats#39731
    file = folder / "app.log"
    file.write_bytes(lines(*range(10)))
    with following(sink, folder, "*"):
        wait_until(lambda: len(sink.events) == 10)
        append(file, lines(10))
        shutil.copyfile(file, folder / name)
        truncate(file)
        append(file, lines(11))
        wait_until(lambda: len(sink.events) == 12)
        time.sleep(0.2)
    run_once(sink, folder, "*")
    assert numbers(sink) == list(range(12))


@pytest.mark.parametrize("runs", [1, 2])
def test_a_file_replaced_by_one_of_the_same_content_and_more_goes_on(sink: Sink, folder: Path, runs: int) -> None:
    # rsync, and editors that save: a new inode that holds what was read.
    file, new = folder / "app.log", folder.parent / "new"
    file.write_bytes(lines(1, 2))
    new.write_bytes(lines(1, 2, 3))
    if runs == 1:
        with following(sink, folder):
            wait_until(lambda: numbers(sink) == [1, 2])
            new.rename(file)
            wait_until(lambda: numbers(sink) == [1, 2, 3])
    else:
        run_once(sink, folder)
        new.rename(file)
        run_once(sink, folder)
    run_once(sink, folder)
    assert numbers(sink) == [1, 2, 3]


@pytest.mark.parametrize("follows", [True, False])
def test_a_file_written_anew_with_the_same_long_header_is_read_from_its_start(
    sink: Sink, folder: Path, follows: bool
) -> None:
    # vectordotdev/vector#10025, #17240: its first bytes tell nothing, the last ones before the position do.
    file = folder / "app.log"
    header = lines(*[0] * 40)
    file.write_bytes(header + lines(1, 2))
    if follows:
        with following(sink, folder):
            wait_until(lambda: numbers(sink)[-1:] == [2])
            file.write_bytes(header + lines(3, 4, 5))
            wait_until(lambda: numbers(sink)[-1:] == [5])
    else:
        run_once(sink, folder)
        file.write_bytes(header + lines(3, 4, 5))
        run_once(sink, folder)
    assert numbers(sink) == [0] * 80 + [1, 2, 3, 4, 5]


def test_two_logs_that_begin_with_one_banner_are_both_sent_once_they_differ(sink: Sink, folder: Path) -> None:
    banner = lines(*[0] * 10)
    (folder / "a.log").write_bytes(banner)
    with following(sink, folder, "*"):
        wait_until(lambda: len(numbers(sink)) == 10)
        (folder / "b.log").write_bytes(banner)
        time.sleep(0.2)
        append(folder / "b.log", lines(2))
        append(folder / "a.log", lines(1))
        wait_until(lambda: numbers(sink) == [0] * 20 + [1, 2])


def test_a_backup_outlives_its_original_without_being_sent(sink: Sink, folder: Path) -> None:
    file = folder / "app.log"
    file.write_bytes(lines(*range(10)))
    with following(sink, folder, "*"):
        wait_until(lambda: len(sink.events) == 10)
        shutil.copyfile(file, folder / "backup")
        time.sleep(0.2)
    file.unlink()
    for _ in range(2):
        run_once(sink, folder, "*")
    assert numbers(sink) == list(range(10))


def test_a_copy_in_another_folder_holds_the_rest_for_a_flow_of_the_same_stream(sink: Sink, folder: Path) -> None:
    (folder / "old").mkdir()
    file = folder / "app.log"
    file.write_bytes(lines(*range(10)))
    with following(sink, folder, "**/*"):
        wait_until(lambda: len(sink.events) == 10)
        append(file, lines(10))
        shutil.copyfile(file, folder / "old" / "app.log-20261121")
        truncate(file)
        append(file, lines(11))
        wait_until(lambda: len(sink.events) == 12)
    assert numbers(sink) == list(range(12))


def test_a_file_that_cannot_be_opened_is_named_and_tried_again_and_no_success(
    sink: Sink, folder: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    (folder / "app.log").write_bytes(lines(1))
    (folder / "app.log.2").write_bytes(lines(2))
    opened = os.open

    def refuse(path: str, *arguments: int) -> int:
        if path == str(folder / "app.log"):
            raise PermissionError(13, "Permission denied")
        return opened(path, *arguments)

    monkeypatch.setattr(os, "open", refuse)
    assert agent(sink, folder).run(once=True) == 1
    assert f"{folder}/app.log is not read: Permission denied" in caplog.text
    with following(sink, folder):
        time.sleep(0.2)
        assert numbers(sink) == [2]
        monkeypatch.setattr(os, "open", opened)
        wait_until(lambda: numbers(sink) == [1, 2])
