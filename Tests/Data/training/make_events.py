"""Writes `events.tfevents` with TensorBoard's own classes: the bytes that ours must equal.

    python make_events.py        needs tensorboard
"""

from pathlib import Path

from tensorboard.compat.proto.event_pb2 import Event, SessionLog
from tensorboard.compat.proto.summary_pb2 import Summary
from tensorboard.summary.writer.record_writer import RecordWriter


def scalars(**values):
    names = {name.replace("_", "/", 1): value for name, value in values.items()}
    return Summary(value=[Summary.Value(tag=tag, simple_value=value) for tag, value in names.items()])


events = [
    Event(wall_time=1_750_000_000.25, file_version="brain.Event:2"),
    Event(wall_time=1_750_000_000.25, step=41, session_log=SessionLog(status=SessionLog.START)),
    Event(wall_time=1_750_000_001.5, step=41, summary=scalars(train_loss=0.75, train_learning_rate=5e-6)),
    Event(wall_time=1_750_000_002, step=150_108, summary=scalars(validation_loss=float("nan"))),
    Event(wall_time=1_750_000_003, summary=scalars(train_loss=0.0)),
]
with open(Path(__file__).parent / "events.tfevents", "wb") as file:
    writer = RecordWriter(file)
    for event in events:
        writer.write(event.SerializeToString())
    writer.flush()
