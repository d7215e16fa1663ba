"""The name of a deploy: its sort, service and version."""

from collector.manner import Manner
from collector.row import WordKind
from collector.stories.story import Story, StoryType
from collector.stories.strength import environment
from collector.wording.sentence import Words, detail, implied, sentence, text, version, word
from collector.wording.setting import Setting
from collector.wording.tools import system, tool

_CALLED = {
    Manner.ROLLBACK: "Rollback of",
    Manner.AUTOMATIC_ROLLBACK: "Automatic rollback of",
    Manner.REVERT: "Revert deploy of",
    Manner.REDEPLOY: "Re-deploy of",
    Manner.RESTART: "Restart of",
    Manner.CONFIG: "Config-only deploy of",
    Manner.MIGRATION: "Migration of",
}


def deploy_name(deploy: Story, setting: Setting, *, origin: bool = False) -> Words:
    """The name of a deploy: `Deploy of checkout 1.5.0`, `Rollback of checkout to 1.4.9`.

    With `origin`, a rollback also names the version that it leaves.
    """
    keys = deploy.keys
    runs = deploy.parts_of(StoryType.PIPELINE)
    service = of_service(deploy, setting)
    if deploy.rolls_back:
        if same_version(deploy):
            return sentence(text(_CALLED[Manner(deploy.manner)]), service)
        came_from = detail(sentence(text("from"), version(keys.replaces))) if origin and keys.replaces else ()
        to = _what(deploy) or _digest(deploy)
        whom = sentence(text("of"), service)
        called = text(_CALLED[Manner(deploy.manner)].removesuffix(" of"))
        return sentence(called, implied(whom) if to else whom, came_from, sentence(text("to"), to) if to else ())
    if deploy.manner in (Manner.INFRASTRUCTURE, Manner.RECONCILE):
        return sentence(text(_without_version(deploy, runs)), service)
    plain = "Deploy of" if runs else "Rollout of"
    return sentence(text(_CALLED.get(Manner(deploy.manner), plain)), _of_version(deploy, _what(deploy), setting))


def same_version(deploy: Story) -> bool:
    """Whether it leaves the version as it is, and changes something else: limits, settings, a sidecar."""
    return deploy.keys.version == deploy.keys.replaces != ""


def rollout_name(deploy: Story, setting: Setting) -> Words:
    """The name of its rollout in the cluster, whatever CI calls the deploy."""
    if deploy.rolls_back or deploy.manner == Manner.RESTART:
        return deploy_name(deploy, setting)
    what = version(deploy.keys.version or _commit(deploy))
    return sentence(text("Rollout of"), _of_version(deploy, what, setting))


def of_service(deploy: Story, setting: Setting) -> Words:
    """The service, with the environment if deploys to several are known."""
    return sentence(setting.service(deploy.service), _one_of_several(deploy, setting))


def _of_version(deploy: Story, what: Words, setting: Setting) -> Words:
    """`checkout 1.5.0 (staging)`."""
    name = word(deploy.service.name, WordKind.SERVICE)
    return sentence(name, what, setting.place(deploy.service), _one_of_several(deploy, setting))


def _one_of_several(deploy: Story, setting: Setting) -> Words:
    named = next((name for run in deploy.parts_of(StoryType.PIPELINE) if (name := environment(run))), "")
    several = named and not deploy.service.serves_no_users and deploy.service.name in setting.several
    return text(f"({named})") if several else ()


def _what(deploy: Story) -> Words:
    """The version, else the commit, else the chart or commit of its configuration."""
    keys = deploy.keys
    if keys.version or keys.commit:
        return version(keys.version or _commit(deploy))
    if keys.chart:
        return sentence(text("chart"), version(keys.chart))
    return sentence(text("configuration"), version(keys.config_commit[:7])) if keys.config_commit else ()


def _digest(deploy: Story) -> Words:
    """The digest of its image, for a deploy without another name."""
    digest = deploy.keys.digest.removeprefix("sha256:")[:12]
    return sentence(text("digest"), version(digest)) if digest else ()


def _commit(deploy: Story) -> str:
    return deploy.keys.commit[:7]


def _without_version(deploy: Story, runs: tuple[Story, ...]) -> str:
    by = tool(runs[0]) if runs else ""
    if deploy.manner == Manner.RECONCILE:
        return f"Sync by {by} of" if by else "Sync of"
    return "Terraform apply of" if runs and system(runs[0]) == "Terraform" else "Infrastructure change of"


def of_deploy(deploy: Story, version_: str, setting: Setting) -> Words:
    """` of checkout 1.5.0`: implied where only one deploy of the table can be meant, else the service alone."""
    name, place = word(deploy.service.name, WordKind.SERVICE), setting.place(deploy.service)
    words = sentence(text("of"), implied(name) if version_ else name, version(version_), place)
    forward = [other for other in setting.with_rows if other.type == deploy.type and other.manner != "rollback"]
    alike = [other for other in forward if other.service.name == deploy.service.name]
    return implied(words) if len(alike) <= 1 else words
