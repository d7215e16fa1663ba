import pytest

from sources.problems import SettingsError
from sources.registry import check


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({}, 'set project = "acme/checkout", projects = [...] or group = "acme"'),
        ({"project": "checkout"}, "'checkout' is no project: write its full path"),
        ({"projects": ["acme/checkout", "acme/../x"]}, "'acme/../x' is no project"),
        ({"group": "acme//shop"}, "must be the full path of a group"),
        ({"project": "acme/checkout", "scheme": "Basic"}, "scheme: input should be 'PRIVATE-TOKEN' or 'Bearer'"),
        ({"project": "acme/checkout", "url": "https://me:secret@git.example.com"}, "must have no user or password"),
    ],
)
def test_refusals_name_key_and_remedy(settings: dict[str, object], said: str) -> None:
    with pytest.raises(SettingsError) as refused:
        check("gitlab", settings)
    assert said in str(refused.value)
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize(
    "settings", [{"project": "acme/shop/checkout"}, {"projects": ["/acme/checkout/", "42"]}, {"group": "acme"}]
)
def test_a_project_a_list_of_them_or_a_group_is_enough(settings: dict[str, object]) -> None:
    assert check("gitlab", settings)


@pytest.mark.parametrize("url", ["https://git.example.com/gitlab", "https://git.example.com/gitlab/api/v4/"])
def test_the_address_may_be_that_of_the_instance_or_of_its_api(url: str) -> None:
    assert vars(check("gitlab", {"project": "42", "url": url}))["url"] == "https://git.example.com/gitlab"
