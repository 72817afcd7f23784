"""What every client in Python is put through, on the driver that its own script gives: one line a step, no times,
no random names. A driver is an object with the methods that are called on `driver` here; errors leave it as
`Refused(NAME)`, NAME being Kafka's name of the error."""

import os
import sys
import time
import traceback

CODECS = ["none", "gzip", "snappy", "lz4", "zstd"]
DEADLINE_SECONDS = float(os.environ.get("INTEROP_DEADLINE", "30"))


class Refused(Exception):
    """The broker's answer was an error; its text is Kafka's name of it."""


class NotOffered(Exception):
    """The client cannot ask for that."""


class Record:
    def __init__(self, value, key=None, headers=(), timestamp=None, partition=0, offset=None):
        self.value, self.key, self.headers = value, key, list(headers)
        self.timestamp, self.partition, self.offset = timestamp, partition, offset

    @property
    def content(self):
        return (self.key, self.value, self.headers)


def say(step, result):
    print(f"{step}: {result}", flush=True)


def attempt(action):
    """"done", or the name of the error."""
    try:
        action()
        return "done"
    except Refused as error:
        return str(error)
    except NotOffered:
        return "not offered by the client"


def wait(condition):
    """Asks until the condition gives something true, and gives that back; None after the deadline."""
    end = time.monotonic() + DEADLINE_SECONDS
    while time.monotonic() < end:
        result = condition()
        if result:
            return result
        time.sleep(0.02)
    return None


def texts(count, prefix="record", partition=0):
    return [Record(f"{prefix} {n} ".encode() + b"x" * (n % 50), key=f"key {n}".encode(), partition=partition) for n in range(count)]


STEPS = [
    "create", "codecs", "shapes", "times", "times_within_compressed", "removal", "groups", "transactions", "compaction",
    "compaction_of_compressed", "denial"]


class Scenario:
    def __init__(self, driver, name):
        self.driver = driver
        self.suffix = os.environ.get("INTEROP_SUFFIX", "")
        self.name = name

    def called(self, what):
        return f"{self.name}-{what}{self.suffix}"

    def topic(self, what, partitions=1, **settings):
        name = self.called(what)
        self.driver.create_topic(name, partitions, {key.replace("_", "."): value for key, value in settings.items()})
        return name

    # Steps, in this order.

    def create(self):
        name = self.called("create")
        say("create", attempt(lambda: self.driver.create_topic(name, 3, {})))
        say("create again", attempt(lambda: self.driver.create_topic(name, 3, {})))
        say("create with a bad name", attempt(lambda: self.driver.create_topic("a topic", 1, {})))
        say("create with a bad setting", attempt(lambda: self.driver.create_topic(name + "-2", 1, {"retention.ms": "soon"})))
        say("partitions", self.driver.partitions(name))
        say("delete", attempt(lambda: self.driver.delete_topic(name)))
        say("delete again", wait(lambda: attempt(lambda: self.driver.delete_topic(name))))

    def codecs(self):
        name = self.topic("codecs")
        sent = []
        for codec in CODECS:
            records = texts(200, codec)
            offsets = self.driver.produce(name, records, codec=codec)
            sent += records
            say(f"produce {codec}", f"offsets {offsets[0]} to {offsets[-1]}")
        read = self.driver.read(name)
        say("consume", f"{len(read)} records, same bytes {[r.content for r in read] == [r.content for r in sent]}")
        offsets = self.driver.produce(name, texts(100, "idempotent"), codec="lz4", idempotent=True)
        say("idempotent", f"offsets {offsets[0]} to {offsets[-1]}")

    def shapes(self):
        name = self.topic("shapes")
        headers = [("a", b"1"), ("a", b"2"), ("empty", b""), ("đất", "sổ đỏ".encode())]
        if self.driver.sends_null_headers:
            headers.append(("null", None))
        sent = [
            Record(b"", key=b""),
            Record(None, key=b"tombstone"),
            Record(b"no key"),
            Record(b"headers", key=b"k", headers=headers),
            Record(bytes(range(256)) * 4, key=bytes(range(256))),
        ]
        self.driver.produce(name, sent)
        for record in self.driver.read(name):
            key = None if record.key is None else len(record.key)
            value = None if record.value is None else len(record.value)
            say(f"record {record.offset}", f"key {key}, value {value}, headers {record.headers}")
        large = Record(os.urandom(1_100_000))
        say("too large", attempt(lambda: self.driver.produce(name, [large])))

    def times(self):
        name = self.topic("times")
        base = 1_600_000_000_000
        self.driver.produce(name, [Record(b"at %d" % n, timestamp=base + n * 1000) for n in range(10)])
        for label, at in [("before all", base - 1), ("at the fourth", base + 3000), ("behind it", base + 3001), ("after all", base + 10_000)]:
            say(f"offset {label}", self.driver.offset_at(name, at))
        say("timestamps", [r.timestamp - base for r in self.driver.read(name)])

    def times_within_compressed(self):
        name = self.topic("times-compressed")
        base = 1_600_000_000_000
        self.driver.produce(name, [Record(b"at %d " % n + b"x" * 500, timestamp=base + n * 1000) for n in range(10)], codec="lz4")
        for label, at in [("at the fourth", base + 3000), ("behind it", base + 3001)]:
            say(f"offset {label}", self.driver.offset_at(name, at))

    def removal(self):
        name = self.topic("removal")
        self.driver.produce(name, texts(10))
        say("delete records", self.driver.delete_records(name, 4))
        say("earliest and latest", self.driver.range(name))
        say("left", [r.offset for r in self.driver.read(name)])
        say("delete records past the end", attempt(lambda: self.driver.delete_records(name, 11)))

    def groups(self):
        name, group = self.topic("groups", 4), self.called("group")
        expected = {r.value for p in range(4) for r in texts(100, f"p{p}", p)}
        for part in range(4):
            self.driver.produce(name, texts(50, f"p{part}", part))
        seen, twice = set(), 0

        def turn(members, until):
            nonlocal twice
            def once():
                nonlocal twice
                for member in members:
                    records = member.poll()
                    try:
                        if records:
                            member.commit()
                    except Refused:
                        continue  # Not committed: whoever has the partition next reads them again.
                    twice += sum(1 for r in records if r.value in seen)
                    seen.update(r.value for r in records)
                return until()
            return wait(once)

        def shares(members):
            return sorted(len(m.assignment()) for m in members)

        first = self.driver.member(group, name)
        turn([first], lambda: len(seen) == 200)
        say("one member", f"partitions {shares([first])}, records {len(seen)}")
        second = self.driver.member(group, name)
        turn([first, second], lambda: shares([first, second]) == [2, 2])
        say("two members", f"partitions {shares([first, second])}")
        for part in range(4):
            self.driver.produce(name, texts(100, f"p{part}", part)[50:])
        turn([first, second], lambda: seen == expected)
        say("records read", f"{len(seen & expected)} of {len(expected)}, twice {twice}")
        first.close()
        turn([second], lambda: shares([second]) == [4])
        say("one has left", f"partitions {shares([second])}")
        say("reset under way", attempt(lambda: self.driver.reset(group, name, 0, 7)))
        second.close()
        say("committed", self.driver.committed(group, name, 4))
        say("reset", wait(lambda: attempt(lambda: self.driver.reset(group, name, 0, 90)) == "done") and "done")
        say("committed after it", self.driver.committed(group, name, 4))
        third, again = self.driver.member(group, name), []
        def more():
            again.extend(third.poll())
            return len(again) >= 10
        wait(more)
        say("read again", sorted(r.offset for r in again))
        third.close()
        say("delete the group", attempt(lambda: self.driver.delete_group(group)))
        say("delete it again", attempt(lambda: self.driver.delete_group(group)))

    def transactions(self):
        name, group, identity = self.topic("transactions"), self.called("transaction-group"), self.called("transactional")
        producer = self.driver.transactional(identity)
        for label, ends in [("one", "commit"), ("two", "abort"), ("three", "commit")]:
            producer.begin()
            producer.send(name, texts(5, label))
            producer.commit() if ends == "commit" else producer.abort()
            say(f"transaction {label}", ends)
        settled = lambda: wait(lambda: len(self.driver.read(name, "read_committed")) == 10)
        settled()
        say("read committed", [r.value.split()[0].decode() for r in self.driver.read(name, "read_committed")][::5])
        say("read uncommitted", len(self.driver.read(name, "read_uncommitted")))
        producer.begin()
        producer.send_offsets(group, name, 3)
        producer.commit()
        say("offset in a transaction", wait(lambda: self.driver.committed(group, name, 1) == [3]) and [3])
        producer.begin()
        producer.send_offsets(group, name, 9)
        producer.abort()
        say("offset in an aborted one", self.driver.committed(group, name, 1))
        producer.begin()
        producer.send(name, texts(2, "older"))
        say("while one is open", f"{len(self.driver.read(name, 'read_committed'))} of {len(self.driver.read(name, 'read_uncommitted'))}")
        newer = self.driver.transactional(identity)
        say("older is fenced", attempt(producer.commit) != "done")
        newer.begin()
        newer.send(name, texts(3, "newer"))
        newer.commit()
        wait(lambda: len(self.driver.read(name, "read_committed")) == 13)
        say("after the fence", [r.value.split()[0].decode() for r in self.driver.read(name, "read_committed")][10:])
        newer.close()

    def compaction(self):
        self.compacted("compaction", ["none", "none"], b"")

    def compaction_of_compressed(self):
        # Long enough that every client finds compression worth while.
        self.compacted("compaction-compressed", ["lz4", "zstd"], b" " * 500)

    def compacted(self, what, codecs, behind):
        name = self.topic(what, cleanup_policy="compact", segment_ms="100", min_cleanable_dirty_ratio="0.0", delete_retention_ms="100")
        self.driver.produce(name, [Record(b"old" + behind, key=b"k%d" % n) for n in range(5)], codec=codecs[0])
        self.driver.produce(name, [Record(b"new" + behind, key=b"k%d" % n) for n in range(4)], codec=codecs[1])
        self.driver.produce(name, [Record(None, key=b"k3")])
        kept = []
        # What is appended later closes the segment before it: only closed ones are compacted.
        def is_done():
            time.sleep(0.2)
            self.driver.produce(name, [Record(b"filler", key=b"filler")])
            kept[:] = [(r.offset, r.key, r.value and r.value.strip()) for r in self.driver.read(name) if r.key != b"filler"]
            return len(kept) == 4
        wait(is_done)
        say("kept after compaction", kept)

    def denial(self):
        name = self.topic("denial")
        self.driver.deny(name, True)
        say("write denied", wait(lambda: (answer := attempt(lambda: self.driver.produce(name, [Record(b"x")]))) != "done" and answer))
        say("read still allowed", len(self.driver.read(name)) < 100)
        self.driver.deny(name, False)
        say("write allowed again", wait(lambda: attempt(lambda: self.driver.produce(name, [Record(b"x")])) == "done"))


def run(driver, name):
    """The whole scenario; the steps named in INTEROP_WITHOUT are left out, only those in INTEROP_STEPS run if given."""
    scenario = Scenario(driver, name)
    without = os.environ.get("INTEROP_WITHOUT", "").split()
    only = os.environ.get("INTEROP_STEPS", "").split()
    for step in STEPS:
        if step in without or (only and step not in only):
            continue
        begun = time.monotonic()
        say("#", step)
        try:
            getattr(scenario, step)()
        except Refused as error:
            say("stopped by", error)
        except Exception as error:  # Whatever it is, the other steps still run and the transcript differs.
            say("stopped by", type(error).__name__)
            traceback.print_exc()
        print(f"{step}: {time.monotonic() - begun:.1f} s", file=sys.stderr)
    sys.stdout.flush()
    # Clients' threads that wait for a broker do not delay the end.
    os._exit(0)
