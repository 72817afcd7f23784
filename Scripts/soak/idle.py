"""60 topics and 42 consumer groups that do nothing: the broker's processor time and memory.

Usage: idle.py ADDRESS PROCESS SECONDS; ends with 1 above 1 % of a core or 150 MB.
"""
import os
import sys
import time

from confluent_kafka import Consumer, Producer
from confluent_kafka.admin import AdminClient, NewTopic

TOPICS, GROUPS = 60, 42


def usage(process):
    """Processor seconds so far and resident megabytes now."""
    with open(f"/proc/{process}/stat") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    with open(f"/proc/{process}/status") as file:
        resident = next(int(line.split()[1]) for line in file if line.startswith("VmRSS"))
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK"), resident / 1024


def main():
    address, process, seconds = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
    admin = AdminClient({"bootstrap.servers": address})
    names = [f"idle-{number}" for number in range(TOPICS)]
    for future in admin.create_topics([NewTopic(name, 1, 1) for name in names]).values():
        future.result(30)
    producer = Producer({"bootstrap.servers": address, "acks": "all"})
    for name in names:
        producer.produce(name, b"one")
    producer.flush(30)
    consumers = []
    for number in range(GROUPS):
        consumer = Consumer(
            {"bootstrap.servers": address, "group.id": f"group-{number}", "auto.offset.reset": "earliest"})
        consumer.subscribe([names[number], names[(number + 18) % TOPICS]])
        consumers.append(consumer)
    deadline = time.time() + 60
    waiting = set(range(GROUPS))
    while waiting and time.time() < deadline:
        for number in list(waiting):
            if consumers[number].poll(0.05) is not None:
                waiting.discard(number)
    if waiting:
        sys.exit(f"{len(waiting)} groups have read nothing")
    before, _ = usage(process)
    start = time.time()
    while time.time() - start < seconds:
        for consumer in consumers:
            consumer.poll(0)
        time.sleep(0.5)
    after, resident = usage(process)
    share = (after - before) / (time.time() - start) * 100
    print(f"idle: {TOPICS} topics, {GROUPS} groups, {seconds:.0f} s: {share:.2f} % of a core, {resident:.0f} MB")
    for consumer in consumers:
        consumer.close()
    sys.exit(0 if share < 1 and resident < 150 else 1)


main()
