"""The words in which people name a cause: what is wrong with something, what ran out, who failed."""

import re

from collector.lazy_pattern import lazy_pattern

REPAIRS = lazy_pattern(
    r"\b(?:fix\w*|hotfix\w*|mend\w*|repair\w*|patch(?:ed|es|ing)|resolved|recover\w*|restored|operational|healthy|"
    r"(?:error|failure|5xx|latency)\w*(?: \w+)? (?:is |are )?(?:drop\w*|fall\w*|fell|going down|down to|gone|clear\w*)|"
    r"back to normal|(?:no|fewer|less) (?:more |new |further )?(?:errors?|failures?|5xx|crash\w*|time ?outs?))\b",
    re.I,
)
ROLLS_BACK = lazy_pattern(
    r"\b(?:roll(?:s|ed|ing)?[ -]?backs?|revert\w*|undo\w*|tak(?:e|es|ing) (?:it |that |.* )?back)\b", re.I
)
DEFECT = lazy_pattern(
    r"\b(?:reject\w*|refus\w+|typos?|wrong(?:ly)?|missing|mis(?:sing|configured|spelled|spelt|typed|match\w*)|"
    r"mis-?config\w*|leak\w*|too (?:small|low|high|short|long|big|large|strict|few|many|old|new|aggressive\w*)|"
    r"invalid|incompatible|expired|corrupt\w*|does(?: not|n['\u2019]?t) (?:exist|match|parse|resolve|work|send|return|"
    r"handle|set|close|release|retry|validate|escape|accept|support|include|know|write|read|load|start|connect|honou?r|"
    r"respect|free|verify|trust|sort|cache|encode|decode)|"
    r"(?:is|are|was|were)(?: not|n['\u2019]?t) (?:set|defined|configured|mounted|there|found|escaped|closed|released|"
    r"exported|granted|allowed)|undefined|unset|not found|bad|br(?:eaks|oken|oke)|bug(?:gy|s)?|"
    r"kernel panic\w*|hardware (?:failure|fault)s?|"
    r"regress\w*|divides by|deadlock\w*|unreachable|dead|terminated|deleted|overw\w+|wiped|gone|lost|"
    r"removed|drop(?:s|ped|ping)|forgot\w*|forgets|unbounded|empty|nulls?|nan|garbage|stale|outdated|duplicate[sd]?|"
    r"swallow\w*|block(?:s|ed|ing)|den(?:y|ies|ied)|lacks?|ha(?:s|ve) no|"
    r"(?:compiled|built|shipped|released|started) without (?!issue|problem|error|incident)|fat-?finger\w*|botched|"
    r"(?:messed|screwed) up|"
    r"(?:has|had|sets|says) [\w.-]+ ?[:=]\s*[\"']?\w+|"
    r"(?:was|were|got) (?:lowered|reduced|raised|increased|set|changed|cut|shrunk|bumped) (?:from \S+ )?to|"
    r"ignores?|skips?|no longer|still (?:us|read|point|call|send|expect|talk|writ)\w*|"
    r"(?:expects?|assumes?|hard-?cod\w+|truncates?|overflows?|n\+1|races?)|infinite(?:ly)?|"
    r"kennt (?:die|den|das|kein\w*)|fehlt|falsch\w*|kaputt)\b",
    re.I,
)
FAILS = lazy_pattern(
    r"\b(?:fail\w*|crash\w*|errors?|erroring|5xx|50\ds?|[45]\d\ding|4\d\ds|40[0-9]|slow(?:er)?|"
    r"throw\w*|time[sd]? ?out|timing out|oom\w*|can(?:no|['\u2019])t|panics?|hangs?|loops?|"
    r"grow\w*|unable|spik\w+|down|blank)\b",
    re.I,
)
SINCE = lazy_pattern(r"\b(?:since|after|from|by|in|with|looks like|turns out)\b", re.I)
CHANGED_BY_SOMEBODY = lazy_pattern(
    r"\b(?:some(?:body|one)|has been|had been|was|were|got)\s+(?:just\s+)?"
    r"(?:rotated|changed|edited|replaced|renewed|overwritten|updated|deleted|turned o(?:n|ff)|switched)\b|"
    r"\bsome(?:body|one) overwrote\b",
    re.I,
)
"""A change by somebody: together with a failure in the same note, it names the cause."""
BLAMES = lazy_pattern(
    r"\b(?:looks like|turns out|blame\w*|that['\u2019]?s|guilty|to blame|confirmed|bisected|"
    r"(?<!can['\u2019]t )(?<!cannot )(?<!not )reproduc\w+ (?:it )?(?:with|on|by|in)|"
    r"(?:is|was) (?:the|our) (?:problem|issue|trigger|reason|offender|bad one)|"
    r"(?<!no )(?:problem|issue|trigger|reason|offender) (?:is|was|seems))\b",
    re.I,
)
CONCLUDES = lazy_pattern(
    r"\b(?:determine[sd]?|conclude[sd]?|establishe[sd]|discover(?:s|ed)?|reali[sz]e[sd]?|figure[sd]? out|finds? out|"
    r"found out|finds?|found|spot(?:s|ted)|stellt fest|herausgefunden) (?:that |dass )?(?!no\b|nothing\b|why\b)",
    re.I,
)
"""Somebody has found out what is wrong: together with a defect, it names the cause."""
SUFFERERS = lazy_pattern(r"\b(?:users?|customers?|orders?|people|guests?|tenants?|payments?|carts?|runbooks?)\b", re.I)
"""What is wrong with these is an effect, or beside the point."""
SETTING = lazy_pattern(
    r"\bnew\b|\b(?:port|url|uri|endpoint|host ?name|time ?out|limits?|quota|credentials?|passwords?|keys?|tokens?|"
    r"cert(?:ificate)?s?|bucket|path|dns|records?|domain|template|header|regex|query|index|schema|column|table|"
    r"pool|replicas|selector|image|tag|env(?:ironment)?(?: variable)?|variable|region|namespace|default)\b",
    re.I,
)
EXPIRED = lazy_pattern(
    r"\b(?:cert\w*|tls|tokens?|licen[cs]es?|passwords?|credentials?|(?:api |signing )?keys?|domain)\b.{0,120}"
    r"\b(?:expired|ran out|has run out|lapsed|no longer valid|(?:was|were|is)(?: not| never|n['\u2019]?t) renewed)\b|"
    r"\bexpired (?:cert\w*|token|licen[cs]e|password|credentials?|key)\b|"
    r"\babgelaufen\w* (?:zertifikat|token|lizenz|passwort|schl\u00fcssel)|zertifikat\b.{0,60}\babgelaufen\b",
    re.I,
)
"""A cause that needs no change by anybody."""
ROTATED = lazy_pattern(
    r"\b(?:passwords?|credentials?|secrets?|tokens?|(?:api |signing )?keys?|cert\w*)\b.{0,40}"
    r"\b(?:was|were|got|been) (?:rotated|revoked|replaced|changed|deleted)\b.{0,20}"
    r"\b(?:this|last|yesterday|today|earlier|before|overnight|ago|at [0-9]{1,2}|on \w+day|without)\b",
    re.I,
)
"""A rotation before the incident: one without a time may be a response to it."""
OVERLOADS = lazy_pattern(
    r"\b(?:(?:full |table )+scans?|scan(?:s|ning)|lock(?:s|ed|ing)?|hammer\w*|overload\w*|saturat\w*|hog\w*|"
    r"block(?:s|ed|ing)|"
    r"exhaust\w*|flood\w*|(?:(?:us|eat|tak)(?:es?|ing|s)|ate|took|used) (?:up )?(?:all|every|most)|too much|"
    r"(?:opens?|makes?|does|runs?|sends?|fires?) (?:an? |one |\d+ |new )*(?:\w+ )?(?:connections?|quer(?:y|ies)|calls?|"
    r"requests?|lookups?) (?:per|for (?:each|every)))\b",
    re.I,
)
"""How a job or a version harms others."""
_OUTSIDE = (
    r"(?:twilio|stripe|adyen|paypal|braintree|klarna|plaid|sendgrid|mailgun|mailchimp|postmark|auth0|okta|cloudflare|"
    r"fastly|akamai|github|docker ?hub|npmjs|pypi|quay|aws|s3|dynamodb|route ?53|gcp|google cloud|azure|datadog|"
    r"snowflake|confluent|heroku|vercel|digitalocean|hetzner|ovh|shopify|salesforce|openai|firebase|algolia|"
    r"let['\u2019]?s ?encrypt|"
    r"isp|carrier|uplink|transit provider|data ?cent(?:er|re)|colo)"
)
"""Providers on which many depend, and which run outside of any cluster."""
PROVIDER = lazy_pattern(
    r"\b(?:status page|provider|vendor|upstream|aws|amazon|gcp|google|azure|cloudflare|support)\b.{0,120}"
    r"\b(?:confirm\w*|acknowledg\w*|admit\w*|shows?|reports?)\b|\b429s? from\b|"
    r"\b(?:psp|processor|partner|provider|vendor|third[- ]party)\b.{0,30}\b(?:answers?|returns?|with) (?:us )?429|"
    r"\brate[- ]?limit(?:s|ed)? (?:us|by)\b|"
    r"\btheir (?:[\w-]+ ){0,3}(?:is|are) (?:all )?(?:down|unavailable|unreachable)\b|"
    r"(?<!our )(?<!the )\bstatus ?page\b(?! (?:is |was )?(?:updated?|set|posted|changed))"
    r"\W.{0,40}\b(?:incident|outage|degraded|degradation|delay\w*|disruption|elevated|"
    r"partial|major|issues?|problems?|errors|down|red)\b|"
    rf"\b{_OUTSIDE}\b.{{0,40}}\b(?:down|outage|incident|degraded|unavailable|unreachable|time ?outs?|timing out|"
    rf"failing|"
    r"throttl\w+|disruption|5\d\ds?|(?:having|has) (?:\w+ )?(?:issues|problems)|power|cut|flapp\w+)\b|"
    r"\b(?!(?:we|i|they|users|customers|you)\b)[\w.-]{1,60} (?:has|have|is having|are having|is in|"
    r"had) (?:an? )?(?:\w+ ){0,2}"
    r"(?:outage|disruption)\b",
    re.I,
)
ONE_CLIENT = lazy_pattern(
    r"\bone (?:single )?(?:customer|client|ip|tenant|user|account|partner|script|host)\b|"
    r"\b(?:all|mostly|most of (?:it|them)|comes?|coming|traffic|requests|load)\b.{0,40}\b(?:from|by) (?:an? |the )?"
    r"(?:one|single|same|bot\w*|scrap\w+|crawl\w+|attack\w*)\b|"
    r"\b(?:scrapers?|bots?|botnet|crawlers?|attackers?)\b.{0,40}\b(?:hammer\w*|flood\w*|hit(?:s|ting)?|overload\w*|"
    r"scrap\w+)\b|"
    r"\bddos\b",
    re.I,
)
"""One client as the source of traffic; counts only if the traffic rose."""
_LOAD = r"(?:traffic|requests?|load|rps|qps|calls|users|hits|queries|sessions|logins|orders|volume)"
_TIMES = (
    r"(?:\d+(?:\.\d+)? ?(?:x|times|fold)|twice|three times|four times|five times|ten times|doubled?|tripled?|"
    r"quadrupled|spik\w+|surg\w+|explod\w+|flood\w*)"
)
SURGE = lazy_pattern(
    rf"\b{_TIMES}\b.{{0,40}}\b{_LOAD}\b|\b{_LOAD}\b.{{0,40}}\b(?:{_TIMES}|from \d\S* to \d\S*)(?!\w)", re.I
)
"""More traffic than before; counts only if the traffic rose."""
ADMITS = lazy_pattern(
    r"\b(?:that|it) was (?:me|us)\b|\b(?:i|we) (?:accidentally|mistakenly|inadvertently)\b|\b(?:by accident|"
    r"by mistake)\b|"
    r"\bmy (?:[\w-]+ ){0,3}(?:at [\d:.]+ |of [\d:.]+ )?(?:broke|dropped|deleted|removed|wiped|overwrote|locked|"
    r"truncated|took)\b",
    re.I,
)
WRONG_PLACE = lazy_pattern(
    r"\b(?:scaled|applied|ran|run|deployed|deleted|restarted|pushed|executed|dropped|migrated|installed|upgraded)\b"
    r".{0,60}\b(?:in|on|to|against|with) the wrong (?:cluster|namespace|context|region|account|database|environment|"
    r"project|host|server|node|branch|kubeconfig)\b",
    re.I,
)
BY_HAND = lazy_pattern(
    r"\bsome(?:body|one)\b.{0,30}\b(?:set|changed|edited|patched|deleted|overwrote|applied|replaced)\b.{0,60}"
    r"\b(?:by hand|manually|directly|out of band|with kubectl|kubectl (?:set|edit|apply|patch|delete))\b",
    re.I,
)
"""A change past the pipeline by somebody who is not named: nobody writes so about a step of the repair."""
_OBJECTS = (
    r"(?:records?|rules?|secrets?|keys?|buckets?|tables?|index(?:es)?|files?|polic(?:y|ies)|volumes?|cert\w{0,12}|roles?|"
    r"permissions?|topics?|schemas?|columns?|routes?|entr(?:y|ies)|zones?|tokens?|accounts?|config\w{0,12})"
)
DESTROYED = lazy_pattern(
    rf"(?<!stale )(?<!old )(?<!bad )(?<!unused )\b{_OBJECTS}\b[^.;]{{0,40}}\b(?:was|were|got|been) (?:accidentally )?"
    r"(?:deleted|removed|dropped|overwritten|revoked|truncated|wiped|emptied) by (?:the|our|an?|their|its) "
    r"(?!(?:[\w-]{1,20} ){0,2}(?:team|on-?call|engineers?|admins?|responders?|operators?|people|colleagues?)\b)",
    re.I,
)
"""Something was deleted by a job or a tool. Deletions by people do not match: they may be part of the repair."""
_STORE = (
    r"(?:rds|aurora|database|db|primary|master|leader|postgres\w*|mysql|mariadb|mongo\w*|redis|etcd|kafka|broker|"
    r"zookeeper|elastic\w*|rabbit\w*|memcached|patroni|pg-[\w-]+)"
)
FAILED_OVER = lazy_pattern(
    rf"\b{_STORE}\b.{{0,40}}\b(?<!we )(?:failed over|failover (?:started|began|happened|was triggered)|"
    r"(?<!was )(?<!were )(?<!been )(?<!got )(?:restarted|rebooted)|crashed|died|went (?:down|away|read-?only)|"
    r"stepped down)\b|"
    r"\bfailover (?:started|began|happened|was triggered|kicked in)\b",
    re.I,
)
"""Failures of databases and queues that no source watches."""
EXHAUSTED = lazy_pattern(
    r"\b(?:disk|volume|partition|file ?system|tablespace|inodes?)\b(?!.{0,20}\b(?:fine|ok|not)\b).{0,30}\b(?:is |"
    r"are |at |"
    r"was |were |ran )?full\b|\bno space left\b|"
    r"\b(?:out of|ran out of) (?:disk|space|inodes|file (?:handles|descriptors)|ips?|ip addresses)\b|"
    r"\bquota (?:is |was )?(?:exceeded|used up|exhausted|reached|full)\b|"
    r"\b(?:at|hit|hits|hitting|reached|over) (?:the |its |our )?(?:maxmemory|quota|max_connections|connection limit|"
    r"(?:api|iops|burst|file descriptor) limit)\b",
    re.I,
)
"""Resources that ran out, without a change by anybody."""
