"""Capitalized words that are not the name of a person."""

from collector.postmortem.verify.vocabulary import words

NO_NAMES = words(
    r"argo|flux|helm|jenkins|kubernetes|prometheus|grafana|alertmanager|docker|terraform|ansible|spinnaker|kubectl"
    r"|(?:no|some|every)body|(?:some|every)one|they|s?he|it|we|you|the|this|that|these|those|who|what|when|then|there"
    r"|an?|as|at|in|on|if|or|no|so|by|to|its?|their|our|his|her|my"
    r"|automatic|manual|postmortem|timeline|summary|traffic|support|customers?|users?|engineering|engineers?|operations|teams?|pods?|nodes?|errors?|deploy\w*"
    r"|rollbacks?|rollouts?|alerts?|impact|incident|releases?|version|monitoring|autoscaler|karpenter|redis|postgres"
    r"|kafka|both|each|all|one|two|after|before|during|until|while|since|once|now|later|finally|instead|only|also"
    r"|and|but|containers?|requests?|latency|people|management|security|platform|developers?|ops|automation|builds?"
    r"|clients?|services?|servers?|cluster|database|cache|systems?|jobs?|runs?|pipelines?|argocd|ecs|aws|google|azure"
    r"|everything|nothing|something|another|others?|most|many|several|first|second|third|next|last|again|soon|shortly"
    r"|alarm\w*|bereitschaft|kunden?|nutzer|benutzer|anwender|entwickler|kolleg\w+|betrieb|niemand|jemand|man|er|sie|wir"
    r"|das|der|die|ein|eine|github|gitlab|slack|pagerduty|opsgenie|ci|cron|vault|consul|istio|envoy|nginx|renovate|dependabot"
    r"|messages?|responses?|outages?|issues?|problems?|tickets?|reports?|analysis|events?|data|phase|with|nor|access|usage"
    r"|coverage|downtime|uptime|comments?|updates?|changes?|fix(?:es)?|calls?|pages?|checks?|tests?|scripts?|commands?"
    r"|[a-z]{3,}[ts]ion|[a-z]{4,}ment"
    r"|monday|tuesday|wednesday|thursday|friday|saturday|sunday"
)
"""Words that begin a sentence, or act in it, but are not a person."""
