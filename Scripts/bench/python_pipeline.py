#!/usr/bin/env python3
"""The pipeline benchmark's peer: the same work with the fastest usual Python parts.

Consumes visit records of about 1 KB, validates each against the schema (jsonschema-rs), releases a route's
fields (orjson), and produces a deliver record, an audit record or a rejection, a batch a transaction with
its offsets (confluent-kafka, that is librdkafka). Prints one JSON object.

usage: python_pipeline.py BOOTSTRAP INPUT OUTPUT_PREFIX RECORDS [--schema FILE] [--batch N]
"""
import argparse
import hashlib
import json
import os
import sys
import time

import jsonschema_rs
import orjson
from confluent_kafka import Consumer, KafkaException, Producer, TopicPartition

# What the route releases; the citizen number leaves only as a keyed hash.
RELEASED = (
    "visit_id", "facility_code", "full_name", "birth_date", "gender", "address", "visit_date", "discharge", "visit_type",
    "department", "diagnoses", "insurance", "payment", "total_cost", "currency", "created_at",
)
KEY = b"benchmark key of thirty-two byte"


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("bootstrap")
    parser.add_argument("input")
    parser.add_argument("output", help="prefix of the topics .deliver, .audit and .rejected")
    parser.add_argument("records", type=int)
    parser.add_argument("--schema", default=os.path.join(os.path.dirname(os.path.abspath(__file__)), "visit.schema.json"))
    parser.add_argument("--batch", type=int, default=1000)
    return parser.parse_args()


def validator_of(path):
    with open(path, encoding="utf-8") as file:
        schema = json.load(file)
    return jsonschema_rs.Draft202012Validator(schema, validate_formats=True)


class Pipeline:
    def __init__(self, options):
        self.options = options
        self.validator = validator_of(options.schema)
        self.deliver = options.output + ".deliver"
        self.audit = options.output + ".audit"
        self.rejected = options.output + ".rejected"
        common = {"bootstrap.servers": options.bootstrap, "socket.nagle.disable": True}
        self.consumer = Consumer({
            **common, "group.id": options.output, "enable.auto.commit": False, "auto.offset.reset": "earliest",
            "isolation.level": "read_committed", "fetch.wait.max.ms": 100,
        })
        self.consumer.subscribe([options.input])
        self.producer = Producer({
            **common, "transactional.id": options.output, "linger.ms": 5, "batch.num.messages": 100000,
            "batch.size": 1000000, "queue.buffering.max.messages": 500000,
        })
        self.producer.init_transactions(30)
        self.counts = {"delivered": 0, "rejected": 0}

    def process(self, message):
        """One record: validate, release, deliver and write down."""
        value = message.value()
        origin = f"{message.topic()}/{message.partition()}/{message.offset()}"
        try:
            record = orjson.loads(value)
            is_valid = self.validator.is_valid(record)
        except orjson.JSONDecodeError:
            is_valid = False
        if not is_valid:
            self.producer.produce(self.rejected, value, message.key(), headers=[("lgsp-raw", origin)])
            self.counts["rejected"] += 1
            return
        subject = hashlib.blake2b(record["cccd"].encode(), key=KEY, digest_size=16).hexdigest()
        released = {name: record[name] for name in RELEASED if name in record}
        released["subject"] = subject
        payload = orjson.dumps(released)
        headers = [
            ("ce_id", record["visit_id"]), ("ce_subject", subject), ("lgsp-decision", "permit"), ("lgsp-purpose", "care"),
            ("lgsp-basis", "law"),
        ]
        self.producer.produce(self.deliver, payload, subject, headers=headers)
        entry = {
            "origin": origin, "id": record["visit_id"], "subject": subject, "recipient": "benchmark", "decision": "permit",
            "basis": "law", "purpose": "care", "digest": hashlib.sha256(payload).hexdigest(),
            "withheld": [name for name in record if name not in released],
        }
        self.producer.produce(self.audit, orjson.dumps(entry), subject)
        self.counts["delivered"] += 1

    def run(self, messages):
        """One batch in one transaction."""
        self.producer.begin_transaction()
        positions = {}
        for message in messages:
            if message.error():
                raise KafkaException(message.error())
            self.process(message)
            positions[message.topic(), message.partition()] = message.offset() + 1
        offsets = [TopicPartition(topic, partition, offset) for (topic, partition), offset in positions.items()]
        self.producer.send_offsets_to_transaction(offsets, self.consumer.consumer_group_metadata(), 30)
        self.producer.commit_transaction(60)


def main():
    options = arguments()
    pipeline = Pipeline(options)
    messages = []
    while not messages:  # joining the group is not part of the measure
        messages = pipeline.consumer.consume(1, 1.0)
    start, cpu, done = time.monotonic(), time.process_time(), 0
    idle_since = None
    while True:
        if messages:
            pipeline.run(messages)
            done += len(messages)
            idle_since = None
        if done >= options.records:
            break
        messages = pipeline.consumer.consume(options.batch, 0.05)
        if not messages:
            idle_since = idle_since or time.monotonic()
            if time.monotonic() - idle_since > 30:
                sys.exit(f"only {done} of {options.records} records arrived in 30 s")
    seconds, cpu_seconds = time.monotonic() - start, time.process_time() - cpu
    pipeline.consumer.close()
    print(json.dumps({"records": done, "seconds": round(seconds, 3), "cpu_seconds": round(cpu_seconds, 3),
                      "records_per_second": round(done / seconds), **pipeline.counts}))


if __name__ == "__main__":
    main()
