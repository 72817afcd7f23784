#!/usr/bin/env bash
# The main job on sample exports, from nothing: installs what is missing, builds, runs `lgsp demo`.
# Usage: Scripts/demo.sh [--stay] [options of lgsp demo: --records N --seed S --json --bootstrap-servers LIST]
. "$(dirname "$0")/lib/prerequisites.sh"
swift build -c release --product lgsp >&2
exec .build/release/lgsp demo "$@"
