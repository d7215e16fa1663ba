"""The words of `vocabulary` in German, by the same names.

No pattern may match an English word with another meaning: `file`, `fund`, `falls`.
"""

SUBJECTS = {
    "rollback": r"(?:zurück|rück)(?:ge)?(?:roll|setz|nomm|nehm|nahm|spiel|dreh)\w*|(?:roll|setz|nahm|nehm|dreh)\w*\b"
    r"(?:[^.;,]|[.](?=[0-9])){1,50}?\bzurück|wieder auf(?: \w+)? v?[0-9]+\.[0-9]+\.[\w.-]+",
    "deploy": r"(?:aus|ein)ge(?:roll|spiel|lief)\w*|(?:Aus|Ein)(?:lieferung|rollen|spielen)"
    r"|roll\w*\b(?:[^.;,]|[.](?=[0-9])){1,50}?\baus"
    r"|spiel\w*\b(?:[^.;,]|[.](?=[0-9])){1,50}?\bein|Neustarts?(?= von|\s{4,})",
    "alert": r"Alarm\w*|Alarmierung\w*|alarmier\w*|Bereitschaft (?:wurde|wird) gerufen",
    "errors": r"Fehlern?|Fehler(?:rate|quote|anteil)|Fehlerzahl\w*|fehlgeschlagen\w*|(?:schlug|schlag)\w*\b"
    r"(?:[^.;,]|[.](?=[0-9])){1,50}?\bfehl|Latenz\w*",
    "node": r"Knoten|Rechner",
    "config": r"Konfiguration\w*|Einstellung\w*",
    "flag": r"Schalter",
    "incident": r"Vorfall\w*|Störung\w*|Ausfall\w*|Beeinträchtigung\w*"
    r"|war(?:en)? (?:nicht (?:erreichbar|verfügbar)|überlastet|gestört|ausgefallen)",
}
MENTAL = (
    r"fand(?:en)?|finden|gefunden|schr[ie]+b\w*|meldet\w*|vermut\w*|entsch[ie]+d\w*|entschlo\w+|Verdacht\w*|bemerkt?\w*|prüf\w*"
    r"|sahen|stellte\w* fest"
)
IDENTIFIED = (
    r"identifizier\w*|Ursache (?:ist |war |wird |wurde )?(?:gefunden|klar|erkannt)"
    r"|erkannt\w*\b(?:[^.;]|\.(?=\d)){1,80}?\bUrsache"
)
START = r"beg[aio]nn?\w*|gestartet|angestoßen|eingeleitet|ausgelöst|fing\w* an|los"
DONE = r"abgeschlossen|fertig|beendet|erfolgreich|vollständig"
FAILED = r"fehlgeschlagen|fehlschl\w*|schlug\w* fehl|gescheitert|scheitert\w*|abgebrochen|hing|hängt"
FIRE = r"ausgelöst|löst\w*(?: \w+)* aus|schl[uä]g\w*(?: \w+)* an|kam\w*|kommt|ging\w* los|feuert\w*|meldet\w*"
CLEAR = r"endet\w*|beendet|aufgehoben|erledigt|Entwarnung|vorbei|weg|gelöst|ging\w* aus|zurückgenommen"
RISE = r"stieg(?:en)?|steig(?:en|t)|gestiegen|beg[aio]nn?\w*|traten\b.{0,30}?\bauf|ab|sprang\w*|erhöht\w*|seit"
FALL = r"fiel(?:en)?|fällt|fallen|s[ai]nk\w*|normal\w*|wieder (?:bei|unter)|verschw[au]nd\w*|hört\w* auf|behoben|weg"
LOST = r"fiel(?:en)?\b[^.;,]{1,50}?\baus|ausgefallen|verschw[au]nd\w*"
EVICTED = r"verdrängt"
NOT_SCHEDULED = r"nicht (?:\w+ )?(?:eingeplant|geplant|zugeteilt|platziert)(?: werden)?|warte\w* auf (?:\w+ )?Knoten"
READY = r"bereit|gesund"
STOPPED = r"gelöscht|entfernt|gestoppt|beendet"
CRASH = r"abgestürzt|stürz\w*|Absturz\w*|Abstürze"
CHANGE = r"geändert|änder\w*|angepasst|bearbeitet|Korrektur\w*|korrigiert"
SWITCH = r"(?:ein|aus|um|ab)geschaltet|(?:de)?aktiviert|schalt\w*"
SCALE = r"(?:hoch|herunter)?skalier\w*"
END = r"behoben|beendet|Ende|vorbei|gelöst"
