"""Debian's burrow (Sarama of 2018) watching a group: it reads __consumer_offsets and the topics' ends over old
versions of the protocol, and tells each group's lag. Usage: burrow.py HOST:PORT

Burrow ends at once without a Zookeeper; all that it asks of one, unless it notifies, is that its root path be there.
`Zookeeper` says that much and no more."""

import json
import os
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import urllib.request

from confluent_kafka import Consumer, TopicPartition

import confluent
import scenario
from scenario import say, wait

BURROW = "/usr/bin/Burrow"
NODE_EXISTS = -110


class Zookeeper(threading.Thread):
    """Accepts sessions and answers each request with "node exists"; pings with success."""

    def __init__(self):
        super().__init__(daemon=True)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.address = "127.0.0.1:%d" % self.listener.getsockname()[1]
        self.start()

    def run(self):
        while True:
            connection, _ = self.listener.accept()
            threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    def serve(self, connection):
        stream = connection.makefile("rwb")
        def answer(body):
            stream.write(struct.pack(">i", len(body)) + body)
            stream.flush()
        try:
            stream.read(struct.unpack(">i", stream.read(4))[0])
            answer(struct.pack(">iiqi", 0, 10_000, 1, 16) + bytes(16))
            while True:
                request = stream.read(struct.unpack(">i", stream.read(4))[0])
                number, operation = struct.unpack(">ii", request[:8])
                answer(struct.pack(">iqi", number, 1, 0 if operation == 11 else NODE_EXISTS))
        except (OSError, struct.error):
            connection.close()


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def configuration(folder, address, zookeeper, port):
    return f"""
[general]
pidfile="{folder}/burrow.pid"
[logging]
filename="{folder}/burrow.log"
level="{os.environ.get("BURROW_LOG", "error")}"
[zookeeper]
servers=["{zookeeper}"]
timeout=6
root-path="/burrow"
[client-profile.profile]
client-id="burrow"
kafka-version="{os.environ.get("BURROW_KAFKA", "1.0.0")}"
[cluster.local]
class-name="kafka"
servers=["{address}"]
client-profile="profile"
topic-refresh=1
offset-refresh=1
[consumer.local]
class-name="kafka"
cluster="local"
servers=["{address}"]
client-profile="profile"
[httpserver.default]
address="127.0.0.1:{port}"
[storage.default]
class-name="inmemory"
intervals=2
min-distance=0
[evaluator.default]
class-name="caching"
expire-cache=1
"""


def main():
    address, port = sys.argv[1], free_port()
    suffix = os.environ.get("INTEROP_SUFFIX", "")
    topic, group = "burrow-topic" + suffix, "burrow-group" + suffix
    driver = confluent.Driver()
    driver.create_topic(topic, 1, {})
    driver.produce(topic, scenario.texts(30))
    consumer = Consumer(confluent.ADDRESS | {"group.id": group, "enable.auto.commit": False})
    folder = tempfile.mkdtemp(prefix="interop-burrow")
    with open(folder + "/burrow.toml", "w") as file:
        file.write(configuration(folder, address, Zookeeper().address, port))
    process = subprocess.Popen([BURROW, "--config-dir", folder], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def ask(path):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=2) as answer:
                return json.load(answer)
        except OSError:
            return {}

    try:
        say("burrow answers", bool(wait(lambda: ask("/v3/kafka"))))
        say("it sees the topic", bool(wait(lambda: topic in ask("/v3/kafka/local/topic").get("topics", []))))
        say("the topic's end", wait(lambda: ask(f"/v3/kafka/local/topic/{topic}").get("offsets")))

        def lag(offset):
            consumer.commit(offsets=[TopicPartition(topic, 0, offset)], asynchronous=False)
            # Burrow's verdict depends on when it looked: committing one offset again and again is a stall to it.
            status = ask(f"/v3/kafka/local/consumer/{group}/lag").get("status") or {}
            partitions = status.get("partitions") or [{}]
            found = partitions[0].get("end") or {}
            if found.get("offset") == offset:
                return f"committed {offset}, lag {partitions[0].get('current_lag')}"
        say("lag of the group", wait(lambda: lag(10)))
        say("lag later", wait(lambda: lag(25)))
        say("it sees the group", group in ask("/v3/kafka/local/consumer").get("consumers", []))
        if process.poll() is not None:
            say("burrow ended with", process.returncode)
    finally:
        process.terminate()
        if os.environ.get("BURROW_LOG"):
            print(open(folder + "/burrow.log").read()[-6000:], file=sys.stderr)
        subprocess.run(["rm", "-rf", folder])
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
