import os
import threading
import time
from pathlib import Path

import pytest

from sources.named_pipe import NobodyWrites, read


def test_a_pipe_that_nobody_writes_to_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(NobodyWrites):
        read(tmp_path / "pipe", 1000, patience=0.01)


def test_all_is_read_of_a_writer_that_takes_its_time(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    # So it is open for writing before it is for reading.
    writing = os.open(pipe, os.O_RDWR)

    def write() -> None:
        for part in (b"14:12 Maria: ", b"it is the deploy"):
            time.sleep(0.2)
            os.write(writing, part)
        os.close(writing)

    writer = threading.Thread(target=write)
    writer.start()
    assert read(pipe, 1000, patience=0.01) == b"14:12 Maria: it is the deploy"
    writer.join()
