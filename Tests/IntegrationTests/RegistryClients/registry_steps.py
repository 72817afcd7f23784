"""What the scripts against the registry say of each step, and how they read its refusals."""
import sys

from confluent_kafka.schema_registry.error import SchemaRegistryError


def step(name, holds):
    print(("ok    " if holds else "WRONG ") + name)
    if not holds:
        sys.exit(1)


def code(call):
    try:
        call()
    except SchemaRegistryError as error:
        return error.http_status_code, error.error_code
    return None
