"""Real disks that fail in mid-run: one that is full, one that goes away. Nothing that was acknowledged is lost."""

from __future__ import annotations

import fcntl
import os
import sqlite3
import struct
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from tests.conftest import Field
from tests.evaluate import ROOT, environment

SHUTDOWN = 0x8004587D  # ext4's and xfs's FS_IOC_SHUTDOWN: from now on the file system takes and gives nothing
FLUSHED_LOG = 1


def system(*words: str | Path) -> None:
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"a disk of one's own cannot be had here: {words[0]}: {done.stderr.strip()}")


@contextmanager
def mounted(folder: Path, *how: str | Path) -> Iterator[Path]:
    folder.mkdir(exist_ok=True)
    system("mount", *how, folder)
    try:
        yield folder
    finally:
        subprocess.run(["umount", folder], check=True)


def crawling(field: Field, data: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "crawler.cli", "crawl", "--all", "--data", str(data)]
    env = environment(field.server, field.farm, data)
    return subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def acknowledged(data: Path) -> set[str]:
    """Captures that are committed now."""
    with closing(sqlite3.connect(f"file:{data / 'catalogue.db'}?mode=ro", uri=True)) as connection:
        return {identity for (identity,) in connection.execute("SELECT id FROM capture")}


def test_a_full_disk_stops_the_run_with_a_clear_word_and_loses_nothing(field: Field, tmp_path: Path) -> None:
    with mounted(tmp_path / "disk", "-t", "tmpfs", "-o", "size=3600k", "none") as disk:  # some commits fit
        process = crawling(field, disk / "data")
        _, err = process.communicate(timeout=120)
        assert process.returncode == 2
        assert "No space left on device" in err or "disk is full" in err or "disk I/O error" in err
        assert "run the same command again" in err
        assert "Traceback" not in err
        system("mount", "-o", "remount,size=200m", disk)
        kept = acknowledged(disk / "data")
        assert kept
        field.data = disk / "data"
        assert field.crawl("--all")["exit"] == 0
        assert kept <= acknowledged(disk / "data")
        assert field.run("rebuild", "--into", str(tmp_path / "again"), "--compare").returncode == 0


def test_a_disk_that_goes_away_stops_the_run_and_what_was_acknowledged_is_there_when_it_is_back(
    field: Field, tmp_path: Path
) -> None:
    image = tmp_path / "image"
    with image.open("wb") as file:
        file.truncate(64 << 20)
    system("mkfs.ext4", "-q", image)
    kept: set[str] = set()
    with mounted(tmp_path / "disk", "-o", "loop", image) as disk:
        process = crawling(field, disk / "data")
        deadline = time.monotonic() + 60
        while len(kept) < 100 and time.monotonic() < deadline:
            time.sleep(0.05)
            if (disk / "data" / "catalogue.db").exists() and len(field.server.requests) > 20:
                kept = acknowledged(disk / "data")
        descriptor = os.open(disk, os.O_RDONLY)
        fcntl.ioctl(descriptor, SHUTDOWN, struct.pack("I", FLUSHED_LOG))
        os.close(descriptor)
        _, err = process.communicate(timeout=120)
    assert len(kept) >= 100
    assert process.returncode == 2, err
    assert "again" in err
    assert "Traceback" not in err
    with mounted(tmp_path / "disk", "-o", "loop", image) as disk:
        field.data = disk / "data"
        assert field.crawl("--all")["exit"] == 0
        assert kept <= acknowledged(disk / "data")
        assert field.run("rebuild", "--into", str(tmp_path / "again"), "--compare").returncode == 0
