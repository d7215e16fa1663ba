"""A folder of postmortems as teams write them: ours, with labels, with front matter, with headings as times."""

from pathlib import Path

BY_LABELS = """\
# Checkout down

- **Date:** 2026-01-14
- **Services affected:** checkout, cart
- **Trigger:** config change

## Timeline

| Time (UTC) | Event |
|---|---|
| 14:00 | Errors begin |
| 14:06 | Alert CheckoutErrors fires |
| 14:20 | Ana identifies the connection limit as the cause |
| 14:30 | Change reverted |
| 14:40 | Alert CheckoutErrors resolved |

## Root Cause

A config change lowered the size of the connection pool.

## Action Items

| Action | Owner | Due Date | Tracking Link | Status |
|---|---|---|---|---|
| Alert on pool use above 80 % | ana | 2026-02-01 | OPS-1 | Open |
| Test the pool size in CI | ben | 2026-02-15 | OPS-2 | Done 2026-02-10 |
|  |  |  |  |  |
"""
BY_FRONT_MATTER = """\
---
title: Checkout again
date: 2026-02-20
service: [checkout]
trigger: config
time to detect: 10 min
duration: 1 h 30 min
---

## Summary

The pool was too small again.

## Root cause

The connection pool.

## Follow-ups

- [ ] Page when the pool is exhausted, @cy, due 2026-03-01
    - [x] Agree on the limit \u2705 2026-02-22
- [x] Write it down
"""
BY_HEADINGS = """\
# 2026-04-05, search slow

## Timeline

All times in CEST

### 2026-04-05 ca. 23:30

First errors.

### 23:50

Noticed by users.

### 0:40

Search is back to normal.

## Action items

1. Add a node pool
2. ~~Restart nodes~~
"""

BY_BOLD_LABELS = """\
# Tickets cannot be printed

- **Key events**
  - First detected 2026-04-08 10:05
  - Incident declared 2026-04-08 10:20
  - Repaired: 2026-04-08 10:40
  - Resolved 2026-04-08 11:05

- **Time to recovery**: 1h 15m

- **Identified**: the printers' certificate had expired

- **Context**:
  - 2026-04-08 09:50: the certificate expires

- **Review actions**:
  - Alert 14 days before a certificate expires, @ada, due 2026-05-01
    and page after 7
  - Renew certificates by a job, @bo
"""


def write(folder: Path, **files: str) -> Path:
    folder.mkdir(exist_ok=True)
    for name, text in files.items():
        (folder / f"{name}.md").write_text(text)
    return folder


def three(folder: Path) -> Path:
    return write(folder, labels=BY_LABELS, front=BY_FRONT_MATTER, headings=BY_HEADINGS)
