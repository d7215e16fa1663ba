"""How people name a cause, each in other words: what is wrong, what ran out, who failed, and whose doing it was."""

import time

import pytest

from collector.identified import identifies
from collector.suspects import Changed

KNOWN = Changed(
    frozenset({"6.1.0", "r77", "9f3c2ab", "gateway-limits", "instant-refunds"}),
    frozenset({"deploy", "config", "flag", "node", "traffic"}),
    frozenset({"stock-db"}),
    frozenset({"price-import"}),
)
NAME_THE_CAUSE = (
    "r77 has the region hard-coded",
    "instant-refunds was turned on at nine and its callback 404s",
    "everything 404s since r77",
    "gateway-limits has rps: 10 instead of 1000",
    "gateway-limits sets TIMEOUT: 'five', which is read as a number",
    "3x the queries of an hour ago",
    "nils: `tls: failed to verify certificate: x509: certificate has expired or is not yet valid` in every log",
    'uma: "could not resolve host ledger.internal", the record was deleted',
    "uma: pretty sure it's instant-refunds",
    "uma: it's r77",
    "it was the config push of 13:40",
    "that was 6.1.0, it never worked in eu",
    "has to be instant-refunds, guests are fine without it",
    "confirmed: 6.1.0",
    "6.1.0 keeps a lock on orders during the whole export",
    "6.1.0 hammers redis with KEYS *",
    "r77 opens a new connection per request",
    "6.1.0 returns null for prices in GBP",
    "r77 sends duplicates",
    "6.1.0 still points at the old bucket",
    "6.1.0 no longer sends the tenant header",
    "the new build expects TLS 1.3",
    "r77 reads CACHE_URL which isn't set in us-east",
    "6.1.0 doesn't close its file handles",
    "9f3c2ab swallows the retry",
    "my migration dropped the index on orders.customer_id",
    "that was me, i ran the cleanup against prod",
    "we accidentally deleted the queue binding",
    "vendor status page: degraded performance in Frankfurt",
    "stripe has an outage in eu",
    "cloudflare is having an outage",
    "AWS reports elevated error rates for DynamoDB",
    "aurora failed over at 03:12, writers got read-only errors",
    "the primary rebooted at 11:02",
    "event log: cluster-1 multi-az failover started 11:02",
    "the disk of kafka-2 is full",
    "no space left on device on the registry",
    "traffic is 6x of normal since the push notification",
    "twice the usual requests, the tv spot aired at 20:14",
    "load tripled after the campaign started",
    "Liegt am neuen Release, 6.1.0 kennt die Spalte nicht",
    "Ursache: abgelaufenes Zertifikat auf dem Proxy",
    "[uma] it's the new nodes, their kernel drops packets",
    "price-import holds a lock on the items table",
    "ok so 6.1.0 queries the replica with the wrong collation",
    "gil: 6.1.0 is the problem",
    "gil: problem is r77",
    "r77 is to blame here",
    "gateway-limits has a cyclic entry",
    "someone fat-fingered gateway-limits",
    "the flag instant-refunds sends guests to a 404",
    "instant-refunds is the trigger",
    "reproduced with instant-refunds on, gone with it off",
    "only pods on r77 are failing",
    "the release from this morning has no index for this query",
    "oom because of the new image resizer",
    "requests went from 200 to 900 per second at 9, breaking news push",
    "we got slashdotted, 10x traffic",
    "all of it is one customer's script",
    "datadog shows the spike right when r77 went out",
    "LE cert for api.acme.io expired this morning",
    "the wildcard cert wasn't renewed",
    "nodes in pool-b have a bad nvidia driver",
    "price-import is scanning the whole table",
    "twilio is down",
    "our isp has a fibre cut",
    "kafka-2 ran out of disk",
    "redis is at maxmemory and evicting",
    "pgbouncer pool size was lowered from 100 to 10 in gateway-limits",
    "the security group change blocks 5432",
    "terraform removed the nat gateway route",
    "IAM policy change of 11:20 denies s3:GetObject",
    "wegen 6.1.0, die Migration lief nicht durch",
    "Schuld ist das neue Config-Release, falscher Port",
    "Lena: the mailer template has an unclosed tag, that's why every render dies",
    "kp: r77 writes dates as dd/mm, downstream chokes",
    "found it, connection pool was shrunk by 6.1.0",
    "instant-refunds skips the fraud check and the gateway refuses those",
    "problem: gateway-limits references {{name}} which is gone",
    "the rollout of r77 ate all the db connections",
    "6.1.0 spams the queue",
    "our cert for *.intra expired at midnight",
    "let's encrypt outage, renewals fail",
    "github is having issues, runners can't pull",
    "the readiness probe in 6.1.0 hits the wrong port",
    "canary (r77) is returning empty bodies",
    "memory leak in 6.1.0",
    "NPE in r77 when basket is empty",
    "6.1.0: migrations lock the orders table",
    "stock-db OOMKilled, everything cold",
    "regression introduced in 9f3c2ab",
    "the A record of www was deleted by the zone cleanup",
    "the bucket policy got overwritten by our backup job",
    "caught it: 9f3c2ab was compiled without tls",
    "Die neue Konfiguration zeigt auf den falschen Host",
)
NAME_NONE = (
    "status page updated to degraded performance",
    "put the status page to major outage",
    "joe: rolling back 6.1.0 to rule it out",
    "joe: 6.1.0 only touches the footer",
    "joe: turning instant-refunds off to see if it helps",
    "ann: errors still at 30% after the rollback",
    "checkout 404s for some",
    "404 pages are up",
    "instant-refunds was turned on at nine",
    "is it r77?",
    "it's not r77",
    "could not resolve host ledger.internal",
    "it was fine before the deploy",
    "who is on 6.1.0",
    "6.1.0 does not touch that code",
    "6.1.0 is on all pods",
    "r77 is rolling out now",
    "traffic is back to normal",
    "no traffic at all in ap",
    "load looks flat",
    "is traffic 6x because of the tv spot?",
    "we have an outage",
    "status page updated",
    "we have an incident, joining the bridge",
    "posted on our status page: checkout degraded",
    "failing over to eu now",
    "we failed over to the replica",
    "restarted the db",
    "the db was restarted, no change",
    "scaled to 40, disk is fine",
    "disk is not full",
    "my dashboard shows nothing",
    "my bad, wrong channel",
    "liegt es am Deployment?",
    "Liegt nicht am Release",
    "vielleicht 6.1.0",
    "[uma] who touched gateway-limits",
    "sounds like it's in eu only",
    "it's every third request",
    "that was fast",
    "it's getting worse since 14:00",
    "nobody changed gateway-limits",
    "6.1.0 was deployed at 14:02",
    "instant-refunds is off again",
    "4 of 6 pods on r77",
    "errors doubled",
    "gil: joining",
    "gil: is 6.1.0 the problem?",
    "r77 out on canary",
    "r77 looks ok in staging",
    "not r77",
    "r77 is fully rolled out, no errors",
    "watching r77",
    "who owns gateway-limits",
    "instant-refunds is at 50%",
    "reproduced it locally",
    "still digging",
    "twilio is fine",
    "no incident at gcp",
    "traffic normal for a monday",
    "10% of traffic on r77",
    "2x replicas now",
    "restarting the nodes in pool-b",
    "gateway-limits unchanged since june",
    "I'll roll back r77 to be safe",
    "rolling back r77 just in case",
    "errors are back",
    "all pods up on 6.1.0",
    "customers report slow search",
    "support has 12 tickets",
    "latency p95 4s",
    "500s on search",
    "search down for everyone",
    "checking if the config push did that",
    "keine Ahnung",
    "Rollback läuft",
    "Lena: rendering dies, looking",
    "kp: r77 out",
    "r77 at 100%",
    "6.1.0 = current prod",
    "instant-refunds enabled for 5%",
    "9f3c2ab green in CI",
    "9f3c2ab passed QA yesterday",
    "who approved 9f3c2ab",
    "6.1.0 went out at nine",
    "r77 pods restarted twice",
    "r77 took 4 minutes to roll out",
    "gateway-limits last changed in May",
    "instant-refunds has 200 users",
    "errors on v8 and r77 alike",
    "same error rate on 1.20.2 and 6.1.0",
    "github is fine",
    "pinging the vendor",
    "support: mails delayed",
    "dashboards: https://grafana.example.com/d/abc",
    "we're at 3k rps",
    "r77 is live",
    "r77 handles 200 rps",
    "6.1.0 serves all traffic now",
    "going back to 1.20.2",
    "is 9f3c2ab the one with the tls change",
    "6.1.0 should not matter here",
)


@pytest.mark.parametrize("note", NAME_THE_CAUSE)
def test_a_note_that_names_the_cause(note: str) -> None:
    assert identifies(note, KNOWN)


@pytest.mark.parametrize("note", NAME_NONE)
def test_a_note_that_names_none(note: str) -> None:
    assert not identifies(note, KNOWN)


@pytest.mark.parametrize(
    ("note", "names"),
    [
        ("uma: it's label-worker 7.3, each job is 6x as slow", True),
        ("uma: no, not the gateway, that rollback did not help. it's basket 2.8.1, its /me returns 500", True),
        ("uma: yep looks like v7.3, only its pods throw 500s", True),
        ("uma: deploy 7.3 fails on startup", True),
        ("uma: looks like v7.2, its pods throw 500s", False),
        ("uma: it's basket 2.8, it throws", False),
        ("uma: it's on 7.3.0 now", False),
        ("uma: it's gateway 7.3 that throws", False),
        ("uma: error rate is 7.3%, all fails", False),
        ("uma: errors are 7.3 x the usual, all fails", False),
    ],
)
def test_a_version_is_named_by_its_first_numbers_unless_the_one_before_has_the_same(note: str, names: bool) -> None:
    known = Changed(
        names=frozenset({"7.3.0", "2.8.1"}),
        nouns=frozenset({"deploy"}),
        services=frozenset({"label-worker", "basket"}),
        replaced=frozenset({"7.2.4", "2.8.0"}),
    )
    assert identifies(note, known) == names


@pytest.mark.parametrize(
    ("note", "names"),
    [
        ("the A record of www was deleted by the zone cleanup", True),
        ("the A record of www was deleted by the network team", False),
        ("the stale record was deleted by the zone cleanup", False),
        ("was the A record deleted by the zone cleanup?", False),
        ("old pods were removed by the controller", False),
    ],
)
def test_what_a_job_destroyed_is_a_cause_without_any_change_in_the_window(note: str, names: bool) -> None:
    assert identifies(note, Changed()) == names


def test_more_requests_are_the_cause_where_more_requests_came() -> None:
    note = "five times the usual load since the mailing"
    assert identifies(note, KNOWN)
    assert not identifies(note, Changed())


@pytest.mark.thorough
def test_a_long_note_takes_no_longer_than_its_length() -> None:
    for part in ("it 6.1.0 ", "a.b-", "`x` ", "cert ", "the db ", "requests ", "status page ", "in "):
        started = time.process_time()
        assert not identifies(part * 4_000, KNOWN)
        assert time.process_time() - started < 2, part
