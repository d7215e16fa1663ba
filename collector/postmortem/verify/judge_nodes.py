"""Judges the names of nodes: finds that the draft has node-c drained, but the evidence node-d."""

from collector.event import Kind
from collector.postmortem.verify.another_day import is_same_time
from collector.postmortem.verify.facts import Fact, Facts
from collector.postmortem.verify.finding import Finding, Verdict
from collector.postmortem.verify.mentions import Mention
from collector.postmortem.verify.statement import Statement

_STATES = {"node is lost": Kind.NODE_NOT_READY, "node is drained": Kind.NODE_DRAINED}


def judge_node(statement: Statement, mention: Mention, facts: Facts) -> Finding:
    """Look up a node by its name. It is contradicted if the evidence has others lost or drained, but not this one."""

    def judged(verdict: Verdict, evidence: str) -> Finding:
        return Finding(statement.line(mention.start), mention.start, "node", mention.text, verdict, evidence)

    about = [_STATES[topic.name] for topic in statement.part(mention.start).topics if topic.name in _STATES]
    happened = facts.of_kinds(about)
    shown = sorted(happened, key=lambda fact: not fact.in_row)
    if not any(_short(mention.value) == _short(node) for node in facts.nodes):
        hint = f", which has: {shown[0].text}" if shown else ""
        return judged(Verdict.NOT_FOUND, f"no node of this name in the evidence{hint}")
    ours = [fact for fact in happened if _short(mention.value) in _names(fact)]
    if ours:
        return judged(Verdict.CONFIRMED, ours[0].text)
    named = {name for fact in happened for name in _names(fact)}
    beside = [one for one in statement.within([statement.part(mention.start)], "node") if one != mention]
    then = is_same_time(statement, mention.start, happened) and not statement.is_hypothetical(mention.start)
    if len(set(about)) == 1 and named and not beside and then:
        return judged(Verdict.CONTRADICTED, f"the evidence has: {shown[0].text}")
    return judged(Verdict.CONFIRMED, "the evidence is about this node, too")


def _names(fact: Fact) -> frozenset[str]:
    """The short names of the nodes that a fact is about; none if a row is about many."""
    kind, _, name = fact.event.subject.workload.partition("/")
    return frozenset({_short(name if kind == "Node" else fact.event.subject.node)} - {""})


def _short(node: str) -> str:
    return node.partition(".")[0]
