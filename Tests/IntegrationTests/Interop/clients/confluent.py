"""confluent-kafka (librdkafka 2) through the scenario. Usage: confluent.py HOST:PORT"""

import sys

from confluent_kafka import (
    OFFSET_BEGINNING, Consumer, ConsumerGroupTopicPartitions, IsolationLevel, KafkaError, KafkaException, Producer,
    TopicPartition)
from confluent_kafka.admin import (
    AclBinding, AclBindingFilter, AclOperation, AclPermissionType, AdminClient, NewTopic, OffsetSpec,
    ResourcePatternType, ResourceType)

import scenario
from scenario import Record, Refused

ADDRESS = {"bootstrap.servers": sys.argv[1], "log_level": 0}
WAIT_SECONDS = 20


def refused(error):
    """Kafka's name of an error."""
    error = error.args[0] if isinstance(error, KafkaException) else error
    return Refused(error.name())


def answered(futures):
    try:
        return [future.result(WAIT_SECONDS) for future in futures.values()]
    except KafkaException as error:
        raise refused(error) from None


def record(message):
    return Record(message.value(), message.key(), message.headers() or [], message.timestamp()[1], message.partition(), message.offset())


def sent(producer, topic, records):
    """Hands the records over; gives what is filled with their offsets as they arrive."""
    offsets, failures = {}, []

    def delivered(place):
        def report(error, message):
            if error is None:
                offsets[place] = message.offset()
            else:
                failures.append(error)
        return report

    for place, one in enumerate(records):
        timestamp = {} if one.timestamp is None else {"timestamp": one.timestamp}
        try:
            producer.produce(topic, value=one.value, key=one.key, headers=one.headers, partition=one.partition, on_delivery=delivered(place), **timestamp)
        except KafkaException as error:
            raise refused(error) from None
    return offsets, failures


class Member:
    def __init__(self, group, topic):
        self.consumer = Consumer(ADDRESS | {
            "group.id": group, "auto.offset.reset": "earliest", "enable.auto.commit": False,
            "session.timeout.ms": 6000, "heartbeat.interval.ms": 200, "topic.metadata.refresh.interval.ms": 1000})
        self.consumer.subscribe([topic])

    def poll(self):
        return [record(m) for m in self.consumer.consume(100, 0.1) if m.error() is None]

    def commit(self):
        try:
            self.consumer.commit(asynchronous=False)
        except KafkaException as error:
            raise refused(error) from None

    def assignment(self):
        return self.consumer.assignment()

    def close(self):
        self.consumer.close()


class Transactional:
    def __init__(self, identity):
        self.producer = Producer(ADDRESS | {"transactional.id": identity, "linger.ms": 0})
        self.producer.init_transactions(WAIT_SECONDS)

    def call(self, function, *arguments):
        try:
            return function(*arguments)
        except KafkaException as error:
            raise refused(error) from None

    def begin(self):
        self.call(self.producer.begin_transaction)

    def send(self, topic, records):
        sent(self.producer, topic, records)
        self.producer.flush(WAIT_SECONDS)

    def send_offsets(self, group, topic, offset):
        metadata = Consumer(ADDRESS | {"group.id": group}).consumer_group_metadata()
        self.call(self.producer.send_offsets_to_transaction, [TopicPartition(topic, 0, offset)], metadata, WAIT_SECONDS)

    def commit(self):
        self.call(self.producer.commit_transaction, WAIT_SECONDS)

    def abort(self):
        self.call(self.producer.abort_transaction, WAIT_SECONDS)

    def close(self):
        self.producer.flush(WAIT_SECONDS)


class Driver:
    sends_null_headers = True

    def __init__(self):
        self.admin = AdminClient(ADDRESS)

    def create_topic(self, name, partitions, settings):
        answered(self.admin.create_topics([NewTopic(name, partitions, 1, config=settings)], request_timeout=WAIT_SECONDS))

    def delete_topic(self, name):
        answered(self.admin.delete_topics([name], request_timeout=WAIT_SECONDS))

    def partitions(self, name):
        return len(self.admin.list_topics(name, WAIT_SECONDS).topics[name].partitions)

    def produce(self, topic, records, codec="none", idempotent=False):
        producer = Producer(ADDRESS | {
            "compression.type": codec, "enable.idempotence": idempotent, "linger.ms": 5, "message.max.bytes": 2_000_000,
            "message.timeout.ms": WAIT_SECONDS * 1000})
        offsets, failures = sent(producer, topic, records)
        producer.flush(WAIT_SECONDS)
        if failures:
            raise refused(failures[0])
        return [offsets[place] for place in sorted(offsets)]

    def range(self, topic):
        level = IsolationLevel.READ_UNCOMMITTED
        found = []
        for spec in [OffsetSpec.earliest(), OffsetSpec.latest()]:
            futures = self.admin.list_offsets({TopicPartition(topic, 0): spec}, isolation_level=level, request_timeout=WAIT_SECONDS)
            found.append(answered(futures)[0].offset)
        return found

    def read(self, topic, isolation="read_uncommitted"):
        consumer = Consumer(ADDRESS | {
            "group.id": "unused", "isolation.level": isolation, "enable.auto.commit": False, "enable.partition.eof": True})
        consumer.assign([TopicPartition(topic, 0, OFFSET_BEGINNING)])
        records, ended = [], False
        while not ended:
            for message in consumer.consume(500, 0.2):
                if message.error() is None:
                    records.append(record(message))
                elif message.error().code() == KafkaError._PARTITION_EOF:
                    ended = True
                else:
                    raise refused(message.error())
        consumer.close()
        return records

    def offset_at(self, topic, timestamp):
        consumer = Consumer(ADDRESS | {"group.id": "unused"})
        found = consumer.offsets_for_times([TopicPartition(topic, 0, timestamp)], WAIT_SECONDS)[0].offset
        consumer.close()
        return None if found < 0 else found

    def delete_records(self, topic, offset):
        return answered(self.admin.delete_records([TopicPartition(topic, 0, offset)], request_timeout=WAIT_SECONDS))[0].low_watermark

    def member(self, group, topic):
        return Member(group, topic)

    def committed(self, group, topic, partitions):
        asked = ConsumerGroupTopicPartitions(group, [TopicPartition(topic, p) for p in range(partitions)])
        answer = answered(self.admin.list_consumer_group_offsets([asked]))[0]
        return [p.offset for p in sorted(answer.topic_partitions, key=lambda p: p.partition)]

    def reset(self, group, topic, partition, offset):
        asked = ConsumerGroupTopicPartitions(group, [TopicPartition(topic, partition, offset)])
        for answer in answered(self.admin.alter_consumer_group_offsets([asked]))[0].topic_partitions:
            if answer.error:
                raise refused(answer.error)

    def delete_group(self, group):
        answered(self.admin.delete_consumer_groups([group], request_timeout=WAIT_SECONDS))

    def transactional(self, identity):
        return Transactional(identity)

    def deny(self, topic, denied):
        rule = (ResourceType.TOPIC, topic, ResourcePatternType.LITERAL, "User:ANONYMOUS", "*", AclOperation.WRITE, AclPermissionType.DENY)
        rules = [rule, rule[:5] + (AclOperation.ALL, AclPermissionType.ALLOW)]
        if denied:
            answered(self.admin.create_acls([AclBinding(*r) for r in rules], request_timeout=WAIT_SECONDS))
        else:
            answered(self.admin.delete_acls([AclBindingFilter(*rule)], request_timeout=WAIT_SECONDS))


if __name__ == "__main__":
    scenario.run(Driver(), "confluent")
