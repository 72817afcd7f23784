"""aiokafka through the scenario; rules of access come from confluent-kafka, since aiokafka cannot write any.
Usage: aio_kafka.py HOST:PORT"""

import asyncio
import logging
import sys
import threading

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic, RecordsToDelete
from aiokafka.errors import KafkaError, for_code

import confluent
import scenario
from scenario import NotOffered, Record, Refused

ADDRESS = {"bootstrap_servers": sys.argv[1]}
logging.disable(logging.CRITICAL)

# The clients' heartbeats go on between the scenario's steps: the loop has its own thread.
loop = asyncio.new_event_loop()
threading.Thread(target=loop.run_forever, daemon=True).start()


def now(coroutine):
    """Runs a coroutine on the clients' loop and waits for it."""
    try:
        return asyncio.run_coroutine_threadsafe(coroutine, loop).result(60)
    except KafkaError as error:
        raise Refused(getattr(error, "message", None) or type(error).__name__) from None


async def made(kind, *arguments, **named):
    """A client; they are made on the loop."""
    return kind(*arguments, **named)


async def assigned(consumer, partition):
    consumer.assign([partition])


def started(kind, *arguments, **named):
    client = now(made(kind, *arguments, **named))
    now(client.start())
    return client


def record(r):
    return Record(r.value, r.key, list(r.headers), r.timestamp, r.partition, r.offset)


async def send(producer, topic, records):
    futures = [
        await producer.send(topic, r.value, key=r.key, headers=r.headers or None, partition=r.partition, timestamp_ms=r.timestamp)
        for r in records]
    return [(await future).offset for future in futures]


def checked(answer):
    """The errors of an admin answer: (topic, code, …) each."""
    errors = getattr(answer, "topic_errors", None) or getattr(answer, "topic_error_codes", None)
    for error in errors:
        if error[1] != 0:
            raise Refused(for_code(error[1]).message)


class Member:
    def __init__(self, group, topic):
        self.consumer = started(
            AIOKafkaConsumer, topic, group_id=group, auto_offset_reset="earliest", enable_auto_commit=False,
            session_timeout_ms=6000, heartbeat_interval_ms=200, **ADDRESS)

    def poll(self):
        return [record(r) for batch in now(self.consumer.getmany(timeout_ms=100)).values() for r in batch]

    def commit(self):
        now(self.consumer.commit())

    def assignment(self):
        return self.consumer.assignment()

    def close(self):
        now(self.consumer.stop())


class Transactional:
    def __init__(self, identity):
        self.producer = started(AIOKafkaProducer, transactional_id=identity, **ADDRESS)

    def begin(self):
        now(self.producer.begin_transaction())

    def send(self, topic, records):
        now(send(self.producer, topic, records))

    def send_offsets(self, group, topic, offset):
        now(self.producer.send_offsets_to_transaction({TopicPartition(topic, 0): offset}, group))

    def commit(self):
        now(self.producer.commit_transaction())

    def abort(self):
        now(self.producer.abort_transaction())

    def close(self):
        now(self.producer.stop())


class Driver:
    sends_null_headers = False

    def __init__(self):
        self.admin = started(AIOKafkaAdminClient, **ADDRESS)

    def create_topic(self, name, partitions, settings):
        checked(now(self.admin.create_topics([NewTopic(name, partitions, 1, topic_configs=settings)])))

    def delete_topic(self, name):
        checked(now(self.admin.delete_topics([name])))

    def partitions(self, name):
        return len(now(self.admin.describe_topics([name]))[0]["partitions"])

    def produce(self, topic, records, codec="none", idempotent=False):
        producer = started(
            AIOKafkaProducer, compression_type=None if codec == "none" else codec, enable_idempotence=idempotent, acks="all",
            linger_ms=5, max_request_size=2_000_000, **ADDRESS)
        try:
            return now(send(producer, topic, records))
        finally:
            now(producer.stop())

    def reader(self, topic, **named):
        consumer, partition = started(AIOKafkaConsumer, enable_auto_commit=False, **named, **ADDRESS), TopicPartition(topic, 0)
        now(assigned(consumer, partition))
        return consumer, partition

    def range(self, topic):
        consumer, partition = self.reader(topic)
        found = [now(consumer.beginning_offsets([partition]))[partition], now(consumer.end_offsets([partition]))[partition]]
        now(consumer.stop())
        return found

    def read(self, topic, isolation="read_uncommitted"):
        consumer, partition = self.reader(topic, isolation_level=isolation)
        now(consumer.seek_to_beginning(partition))
        end = now(consumer.end_offsets([partition]))[partition]
        records = []
        def more():
            records.extend(r for batch in now(consumer.getmany(timeout_ms=100)).values() for r in batch)
            return now(consumer.position(partition)) >= end
        scenario.wait(more)
        now(consumer.stop())
        return [record(r) for r in records]

    def offset_at(self, topic, timestamp):
        consumer, partition = self.reader(topic)
        found = now(consumer.offsets_for_times({partition: timestamp}))[partition]
        now(consumer.stop())
        return None if found is None or found.offset < 0 else found.offset

    def delete_records(self, topic, offset):
        partition = TopicPartition(topic, 0)
        return now(self.admin.delete_records({partition: RecordsToDelete(before_offset=offset)}))[partition]

    def member(self, group, topic):
        return Member(group, topic)

    def committed(self, group, topic, partitions):
        found = now(self.admin.list_consumer_group_offsets(group))
        places = [found.get(TopicPartition(topic, p)) for p in range(partitions)]
        return [place and place.offset for place in places]

    def reset(self, group, topic, partition, offset):
        consumer, _ = self.reader(topic, group_id=group)
        try:
            now(consumer.commit({TopicPartition(topic, partition): offset}))
        finally:
            now(consumer.stop())

    def delete_group(self, group):
        raise NotOffered

    def transactional(self, identity):
        return Transactional(identity)

    def deny(self, topic, denied):
        confluent.Driver().deny(topic, denied)


if __name__ == "__main__":
    scenario.run(Driver(), "aiokafka")
