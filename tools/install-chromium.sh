#!/usr/bin/env bash
# Browser tests and screenshots need Chromium. Install Debian's package where it is missing and we may.
set -euo pipefail
if command -v chromium >/dev/null 2>&1; then exit 0; fi
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium fonts-liberation >/dev/null
else
  echo "Chromium is missing: install it (Debian: apt-get install chromium) and run again." >&2
  exit 1
fi
