"""Records through the broker and out again: its memory at every tenth, and whether it grows.

Usage: throughput.py ADDRESS PROCESS RECORDS; ends with 1 when memory after the first tenth grows by more than 64 MB
or a record is missing.
"""
import sys
import threading
import time

from confluent_kafka import Consumer, Producer
from confluent_kafka.admin import AdminClient, NewTopic

VALUE = b"x" * 200


def resident(process):
    with open(f"/proc/{process}/status") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("VmRSS")) / 1024


def consume(address, total, counts):
    consumer = Consumer({"bootstrap.servers": address, "group.id": "soak", "auto.offset.reset": "earliest"})
    consumer.subscribe(["soak"])
    deadline = time.time() + 3600
    while counts[0] < total and time.time() < deadline:
        counts[0] += sum(1 for record in consumer.consume(10_000, 1.0) if record.error() is None)
    consumer.close()


def main():
    address, process, total = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    settings = {"retention.bytes": "200000000", "segment.bytes": "50000000"}
    admin = AdminClient({"bootstrap.servers": address})
    admin.create_topics([NewTopic("soak", 4, 1, config=settings)])["soak"].result(30)
    counts = [0]
    reader = threading.Thread(target=consume, args=(address, total, counts))
    reader.start()
    producer = Producer(
        {"bootstrap.servers": address, "acks": "all", "linger.ms": 5, "enable.idempotence": True,
         "queue.buffering.max.messages": 500_000})
    start, marks = time.time(), []
    for number in range(total):
        while True:
            try:
                producer.produce("soak", VALUE)
                break
            except BufferError:
                producer.poll(0.1)
        if number % 10_000 == 0:
            producer.poll(0)
            # Retention must not overtake the reader.
            while number - counts[0] > 1_000_000:
                producer.poll(0.1)
        if (number + 1) % max(1, total // 10) == 0:
            marks.append(resident(process))
            print(f"{number + 1} records, {time.time() - start:.0f} s, broker {marks[-1]:.0f} MB", flush=True)
    producer.flush(120)
    reader.join()
    print(f"throughput: {counts[0]} of {total} records read, {time.time() - start:.0f} s, memory {min(marks):.0f} to {max(marks):.0f} MB")
    sys.exit(0 if counts[0] >= total and max(marks) - marks[0] < 64 else 1)


main()
