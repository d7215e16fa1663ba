"""Which notes name the cause: a change of the window with what is wrong with it, and no question, guess or denial."""

import pytest

from collector.event import Kind
from collector.gather import Gathered
from collector.phases.identified import identifies
from collector.phases.suspects import Suspects
from collector.timeline import Scope, draft
from tests.collector.build import WINDOW, errors, event, rollout

KNOWN = Suspects(
    frozenset({"5.2.0", "v3", "main-c0ffee1", "coredns", "geo-router-upstreams", "new-pricing"}),
    frozenset({"deploy", "config", "flag", "node", "traffic"}),
    frozenset({"ledger-db"}),
    frozenset({"count-stock"}),
)
NAMES_THE_CAUSE = (
    "Sol (on-call): 5.2.0 rejects carts with vouchers",
    "Amir: the new stub domain in the Corefile has a typo, taking it out",
    "Ada (on-call): search 5xx after 5.2.0, rolling back",
    "Iva: v3 reads the wrong bucket. rollback",
    "facets fail since v5.2.0, the index format changed, so we cannot go back",
    "memory grows without end since 5.2.0 of this morning",
    "ravi: looks like the config push from 13:50",
    "ravi: yep, upstream port is wrong. reverting",
    "bo: not the sessions deploy, it's the redis upgrade. old cient speaks RESP2",
    "Sam: it is the flag new-pricing and not 5.2.0",
    "turns out new-pricing breaks for guests",
    "main-c0ffee1 leaks connections :fire:",
    "the pool in the new release is too small",
    "geo-router-upstreams is missing the eu hosts",
    "the connection limit is too low",
    "root cause: DNS record dropped by the cleanup",
    "caused by the migration lock",
    "that's the deploy from 14:02 then",
    "credentials expired, rotating them",
    "config is misconfigured for eu",
    "deploys fine but 5.2.0 can't parse old sessions",
    "Ada: node is dead, waiting for the eviction",
    "everything times out since the release",
    "Noa: email queue at 40k and growing, workers get 429 from the mail provider",
    "the instance behind the missing node has a hardware failure, AWS confirms",
    "calls to the card processor time out, their status page shows an incident",
    "the template in coredns does not parse",
    "logins fail in all three, somebody rotated geo-router-upstreams",
    "PSP answers 429, our quota is used up",
    "all the slow traces end in tax, it rounds differently since 5.2.0. asking them to take it out",
    "ledger-db was OOM-killed at 13:02, it is up again but nobody reconnects",
    "the courier API times out, their network is down",
    "all from one network, headless browsers",
    "the requests all come from one address range",
    "scrapers are hammering the product pages",
    "the nightly count-stock does a full table scan, it began at 02:00",
    "logs show that the new proxy drops idle connections",
    "the broker password was rotated this morning, running pods kept their sessions",
    "the broker password was rotated at 13:00 and running pods still use the old one",
)
NAMES_NONE = (
    "kai: basket is throwing 500s on every 4th request :fire:",
    "bo: logins r failing for ~1/3 of ppl?? anyone deploying",
    "could it be the new campaign job? maybe",
    "is 5.2.0 broken?",
    "not the deploy",
    "it's not the config, that is unchanged",
    "5.2.0 is ruled out, it fails on the old one too",
    "maybe the config is wrong",
    "5.2.0 might be leaking",
    "wondering if the new limit is too low",
    "we suspect the redis upgrade, something is broken",
    "why does 5.2.0 fail",
    "rolling back 5.2.0",
    "reverting",
    "5.2.0 fixes the broken index",
    "graphs look healthy, closing",
    "checkout returns 502 for everybody",
    "anka: I deployed sessions at 13:06 but that's only a log line",
    "errors are unrelated to 5.2.0",
    "have not found the cause yet",
    "deploying 5.2.1 now",
    "the card processor reports that it is fixed",
    "asked in the channel why the deploy failed",
    "5.2.0 looks fine on staging",
    "Rollback failed",
    "who pushed the config?",
    "kai: who broke the config",
    "raised maxReplicas to 20",
    "incident declared, half of the ingress is down",
    "checkout answers 429 to everybody",
    "logins fail in all three, has anybody changed geo-router-upstreams?",
    "somebody rotated geo-router-upstreams, all is well",
    "logins fail, somebody restarted the gateway",
    "no errors any more since 5.2.0 is out",
    "the courier reports recovery",
    "support: provider confirms that service is restored",
    "ledger-db is slow today",
    "ledger crashes all the time",
    "traffic comes back from the other region",
    "killed count-stock",
    "the error rate drops, 5.2.0 is out",
    "error rate dropped with 5.2.0",
    "count-stock is done",
    "was the broker password rotated?",
    "the token of the bot was revoked and all keys were replaced",
)


@pytest.mark.parametrize(
    "note",
    [
        "leo: cert of partner-api expired :facepalm:",
        "expired token, rotating",
        "leo: nothing was deployed. openssl says that the cert of sso.internal ran out at 07:00",
        "leo: the licence key was never renewed",
    ],
)
def test_what_expired_is_a_cause_though_nothing_changed(note: str) -> None:
    assert identifies(note, Suspects())


@pytest.mark.parametrize("note", NAMES_THE_CAUSE)
def test_a_note_that_names_the_cause(note: str) -> None:
    assert identifies(note, KNOWN)


@pytest.mark.parametrize("note", NAMES_NONE)
def test_a_note_that_names_none(note: str) -> None:
    assert not identifies(note, KNOWN)


@pytest.mark.parametrize("note", ["5.2.0 rejects carts", "the new limit is too low", "the config is wrong"])
def test_what_did_not_change_in_the_window_is_no_cause(note: str) -> None:
    assert not identifies(note, Suspects())


def test_the_phase_is_that_of_the_first_note_about_what_the_table_has() -> None:
    bad = rollout(Kind.ROLLOUT_STARTED, "14:02:00", "14:03:00", "14:03:30", "2.0", "1.9")
    notes = [
        event(Kind.NOTE, "14:08:00", "Sol: is 2.0 broken?"),
        event(Kind.NOTE, "14:10:00", "Sol: 1.8 rejects vouchers too, years ago"),
        event(Kind.NOTE, "14:12:00", "Sol: 2.0 rejects vouchers"),
    ]
    timeline = draft(Gathered((*bad, *errors("14:03:30", "14:20:00"), *notes), ()), WINDOW, Scope())
    found = next(phase for phase in timeline.phases if phase.name == "identified")
    assert found.at is not None
    assert f"{found.at:%H:%M}" == "14:12"


def test_notes_alone_have_phases_of_which_the_first_is_not_known() -> None:
    notes = [
        event(Kind.NOTE, "14:02:00", "uma: anyone else seeing login loops?"),
        event(Kind.NOTE, "14:12:00", "finn: it's the cookie of the new login page"),
        event(Kind.NOTE, "14:18:00", "uma: rolled back"),
        event(Kind.NOTE, "14:21:00", "finn: back to normal"),
    ]
    timeline = draft(Gathered(tuple(notes), ()), WINDOW, Scope())
    times = {phase.name: f"{phase.at:%H:%M}" if phase.at else phase.found_by for phase in timeline.phases}
    assert times == {
        "started": "no source shows an effect",
        "detected": "14:02",
        "identified": "14:12",
        "mitigated": "14:18",
        "resolved": "14:21",
    }
    assert draft(Gathered(tuple(notes[:1]), ()), WINDOW, Scope()).phases == ()
