"""kafka-python through the scenario. Usage: kafka_python.py HOST:PORT"""

import logging
import sys

from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import (
    ACL, ACLFilter, ACLOperation, ACLPermissionType, ACLResourcePatternType, NewTopic, ResourcePattern,
    ResourcePatternFilter, ResourceType)
from kafka.errors import KafkaError
from kafka.structs import OffsetAndMetadata

import scenario
from scenario import Record, Refused

ADDRESS = {"bootstrap_servers": sys.argv[1]}
logging.disable(logging.CRITICAL)


def refused(error):
    return Refused(getattr(error, "message", None) or type(error).__name__)


def call(function, *arguments, **named):
    try:
        return function(*arguments, **named)
    except KafkaError as error:
        raise refused(error) from None


def record(r):
    return Record(r.value, r.key, r.headers, r.timestamp, r.partition, r.offset)


def send(producer, topic, records):
    futures = [
        call(producer.send, topic, r.value, key=r.key, headers=r.headers, partition=r.partition, timestamp_ms=r.timestamp)
        for r in records]
    producer.flush()
    return [call(future.get, 20).offset for future in futures]


class Member:
    def __init__(self, group, topic):
        self.consumer = KafkaConsumer(
            topic, group_id=group, auto_offset_reset="earliest", enable_auto_commit=False, session_timeout_ms=6000,
            heartbeat_interval_ms=200, **ADDRESS)

    def poll(self):
        return [record(r) for batch in self.consumer.poll(100).values() for r in batch]

    def commit(self):
        call(self.consumer.commit)

    def assignment(self):
        return self.consumer.assignment()

    def close(self):
        self.consumer.close()


class Transactional:
    def __init__(self, identity):
        self.producer = KafkaProducer(transactional_id=identity, **ADDRESS)
        call(self.producer.init_transactions)

    def begin(self):
        call(self.producer.begin_transaction)

    def send(self, topic, records):
        send(self.producer, topic, records)

    def send_offsets(self, group, topic, offset):
        call(self.producer.send_offsets_to_transaction, {TopicPartition(topic, 0): OffsetAndMetadata(offset, "", -1)}, group)

    def commit(self):
        call(self.producer.commit_transaction)

    def abort(self):
        call(self.producer.abort_transaction)

    def close(self):
        self.producer.close()


class Driver:
    sends_null_headers = False

    def __init__(self):
        self.admin = KafkaAdminClient(**ADDRESS)

    def create_topic(self, name, partitions, settings):
        call(self.admin.create_topics, [NewTopic(name, partitions, 1, topic_configs=settings)])

    def delete_topic(self, name):
        call(self.admin.delete_topics, [name])

    def partitions(self, name):
        return len(self.admin.describe_topics([name])[0]["partitions"])

    def produce(self, topic, records, codec="none", idempotent=False):
        producer = KafkaProducer(
            compression_type=None if codec == "none" else codec, enable_idempotence=idempotent, acks="all", linger_ms=5,
            max_request_size=2_000_000, **ADDRESS)
        try:
            return send(producer, topic, records)
        finally:
            producer.close()

    def range(self, topic):
        consumer, partition = KafkaConsumer(**ADDRESS), TopicPartition(topic, 0)
        found = [consumer.beginning_offsets([partition])[partition], consumer.end_offsets([partition])[partition]]
        consumer.close()
        return found

    def read(self, topic, isolation="read_uncommitted"):
        consumer, partition = KafkaConsumer(isolation_level=isolation, **ADDRESS), TopicPartition(topic, 0)
        consumer.assign([partition])
        consumer.seek_to_beginning(partition)
        end = consumer.end_offsets([partition])[partition]
        records = []
        scenario.wait(lambda: records.extend(r for batch in consumer.poll(100).values() for r in batch) or consumer.position(partition) >= end)
        consumer.close()
        return [record(r) for r in records]

    def offset_at(self, topic, timestamp):
        consumer, partition = KafkaConsumer(**ADDRESS), TopicPartition(topic, 0)
        found = consumer.offsets_for_times({partition: timestamp})[partition]
        consumer.close()
        return None if found is None or found.offset < 0 else found.offset

    def delete_records(self, topic, offset):
        answer = call(self.admin.delete_records, {TopicPartition(topic, 0): offset})
        return answer[TopicPartition(topic, 0)]["low_watermark"]

    def member(self, group, topic):
        return Member(group, topic)

    def committed(self, group, topic, partitions):
        found = call(self.admin.list_group_offsets, group)[group]
        places = [found.get(TopicPartition(topic, p)) for p in range(partitions)]
        return [place and place.offset for place in places]

    def reset(self, group, topic, partition, offset):
        place = TopicPartition(topic, partition)
        error = call(self.admin.alter_group_offsets, group, {place: OffsetAndMetadata(offset, "", -1)})[place]
        if error.errno != 0:
            raise refused(error)

    def delete_group(self, group):
        answer = call(self.admin.delete_groups, [group])[group]
        if answer != "OK":
            raise Refused(answer)

    def transactional(self, identity):
        return Transactional(identity)

    def deny(self, topic, denied):
        rule = ["User:ANONYMOUS", "*", ACLOperation.WRITE, ACLPermissionType.DENY]
        everything = ["User:ANONYMOUS", "*", ACLOperation.ALL, ACLPermissionType.ALLOW]
        if denied:
            call(self.admin.create_acls, [ACL(*r, ResourcePattern(ResourceType.TOPIC, topic)) for r in (rule, everything)])
        else:
            call(self.admin.delete_acls, [ACLFilter(*rule, ResourcePatternFilter(ResourceType.TOPIC, topic, ACLResourcePatternType.LITERAL))])


if __name__ == "__main__":
    scenario.run(Driver(), "kafka-python")
