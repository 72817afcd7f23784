#!/usr/bin/env python3
"""The same work as the hub's Share stage, as a team would write it in Python with fast libraries: read contract
records, validate them, release the fields of a route, and produce the released record and an audit entry in one
transaction with the offsets. Prints one line of JSON: records, seconds and CPU seconds from the first batch on.

It does less than the hub: one route, no consents, no references of a recipient's own."""
import argparse
import hashlib
import resource
import time
from datetime import datetime, timezone

import jsonschema_rs
import orjson
from confluent_kafka import Consumer, Producer

BATCH_RECORDS = 1000
TRANSACTION_RECORDS = 20000
TRANSACTION_SECONDS = 0.5


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("servers", "input", "group", "deliver", "audit", "schema", "route"):
        parser.add_argument("--" + name, required=True)
    parser.add_argument("--records", type=int, required=True)
    parser.add_argument("--no-validation", action="store_true")
    return parser.parse_args()


def processor_seconds():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


class Pipeline:
    def __init__(self, options):
        self.options = options
        with open(options.schema, "rb") as file:
            schema = orjson.loads(file.read())
        with open(options.route, "rb") as file:
            recipient = orjson.loads(file.read())
        self.validator = jsonschema_rs.Draft202012Validator(schema, validate_formats=True)
        route = recipient["routes"][0]
        self.recipient = recipient["recipient"]
        self.fields = [pointer[1:] for pointer in route["release"]]
        self.purpose = route["purpose"]
        law = route["basis"][0]
        self.basis = "law:%s, %s" % (law["instrument"], law["article"])
        self.consumer = Consumer({
            "bootstrap.servers": options.servers, "group.id": options.group, "enable.auto.commit": False,
            "enable.auto.offset.store": False, "auto.offset.reset": "earliest", "isolation.level": "read_committed",
            "fetch.wait.max.ms": 100, "fetch.max.bytes": 16777216, "queued.max.messages.kbytes": 131072,
            "queued.min.messages": 400000,
        })
        self.producer = Producer({
            "bootstrap.servers": options.servers, "transactional.id": options.group, "linger.ms": 5,
            "batch.num.messages": 100000, "batch.size": 1000000, "queue.buffering.max.messages": 200000,
            "partitioner": "murmur2_random",
        })
        self.written = 0

    def produce(self, *arguments, **named):
        while True:
            try:
                self.producer.produce(*arguments, **named)
                self.written += 1
                return
            except BufferError:
                self.producer.poll(0.01)

    def share(self, message):
        value = message.value()
        record = orjson.loads(value)
        if not self.options.no_validation and not self.validator.is_valid(record):
            raise SystemExit("a contract record is not valid")
        headers = dict(message.headers() or ())
        origin = headers["ce_id"]
        released = orjson.dumps({name: record[name] for name in self.fields if name in record})
        subject = record["personRef"]
        identifier = hashlib.sha256(origin + b"\0" + self.recipient.encode()).hexdigest()[:32]
        decision = hashlib.sha256(b"permit" + self.recipient.encode() + origin).hexdigest()[:32]
        self.produce(self.options.deliver, released, message.key(), headers=[
            ("ce_specversion", b"1.0"), ("ce_id", identifier), ("ce_source", headers["ce_source"]),
            ("ce_type", headers["ce_type"]), ("ce_time", headers["ce_time"]), ("ce_subject", subject),
            ("ce_dataschema", headers["ce_dataschema"]), ("content-type", b"application/json"), ("lgsp-origin", origin),
            ("lgsp-decision", decision), ("lgsp-purpose", self.purpose), ("lgsp-basis", self.basis),
        ])
        entry = orjson.dumps({
            "at": self.at, "basis": self.basis, "decision": "permit", "id": decision, "origin": origin.decode(),
            "purpose": self.purpose, "recipient": self.recipient, "contract": "visit", "version": 1, "subject": subject,
            "valueDigest": hashlib.sha256(released).hexdigest()[:32],
        })
        self.produce(self.options.audit, entry, subject, headers=[("content-type", b"application/json")])

    def run(self):
        self.producer.init_transactions()
        self.consumer.subscribe([self.options.input])
        passed = opened = 0
        start = None
        began = 0.0
        while passed < self.options.records:
            messages = [one for one in self.consumer.consume(BATCH_RECORDS, 0.01) if one.error() is None]
            if messages:
                if opened == 0:
                    self.producer.begin_transaction()
                    began = time.monotonic()
                self.at = datetime.now(timezone.utc).isoformat(timespec="milliseconds")
                for message in messages:
                    self.share(message)
                self.producer.poll(0)
                passed += len(messages)
                opened += len(messages)
                if start is None:
                    start = (time.monotonic(), processor_seconds(), passed)
            is_due = opened >= TRANSACTION_RECORDS or time.monotonic() - began >= TRANSACTION_SECONDS
            if opened and (is_due or passed >= self.options.records):
                self.producer.send_offsets_to_transaction(
                    self.consumer.position(self.consumer.assignment()), self.consumer.consumer_group_metadata())
                self.producer.commit_transaction()
                opened = 0
        seconds, processor = time.monotonic() - start[0], processor_seconds() - start[1]
        print(orjson.dumps({
            "records": passed - start[2], "written": self.written, "seconds": seconds, "cpuSeconds": processor,
        }).decode(), flush=True)
        self.consumer.close()


Pipeline(arguments()).run()
