import pytest
from hypothesis import given
from hypothesis import strategies as st

from sources.deploy_names import (
    environment_in,
    is_deploy_name,
    is_migration_name,
    is_rollback_name,
    job_deploys,
    matches,
    without_deploy_words,
)


@pytest.mark.parametrize(
    ("name", "deploys", "rollback", "environment", "rest"),
    [
        ("deploy", True, False, "", ""),
        ("Deploy to Production", True, False, "Production", ""),
        ("deploy-checkout-production", True, False, "production", "checkout"),
        ("deployToStaging", True, False, "Staging", "deployToStaging"),
        ("deploy_shop_web", True, False, "", "shop_web"),
        ("release", True, False, "", ""),
        ("rollback-checkout", True, True, "", "checkout"),
        ("Roll back production", True, True, "production", ""),
        ("RollbackProd", True, True, "Prod", "RollbackProd"),
        ("build-release", False, False, "", "build"),
        ("deploy-dry-run", False, False, "", "dry-run"),
        ("terraform plan deploy", False, False, "", "terraform plan"),
        ("undeploy-review", False, False, "review", "undeploy"),
        ("redeployment", False, False, "", "redeployment"),
        ("unit", False, False, "", "unit"),
        ("", False, False, "", ""),
    ],
)
def test_what_a_name_says(name: str, deploys: bool, rollback: bool, environment: str, rest: str) -> None:
    assert (is_deploy_name(name), is_rollback_name(name)) == (deploys, rollback)
    assert (environment_in(name), without_deploy_words(name)) == (environment, rest)


@pytest.mark.parametrize(
    ("name", "stage", "deploys"),
    [
        ("helm", "deploy", True),
        ("notify", "deploy", False),
        ("smoke-test", "deploy", False),
        ("unit", "test", False),
    ],
)
def test_a_job_deploys_by_its_stage_unless_its_own_name_says_otherwise(name: str, stage: str, deploys: bool) -> None:
    assert job_deploys(name, stage) == deploys


def test_a_migration_is_told_by_a_whole_word() -> None:
    assert is_migration_name("db:migrate")
    assert is_migration_name("RunMigrations")
    assert not is_migration_name("emigrate")


def test_patterns_are_of_the_whole_name_whatever_the_case() -> None:
    assert matches("Deploy-Cart", ["deploy-*"])
    assert not matches("pre-deploy-cart", ["deploy-*"])
    assert not matches("deploy", [])


@given(st.text())
def test_no_name_raises(name: str) -> None:
    assert isinstance(without_deploy_words(name) + environment_in(name), str)
    assert is_deploy_name(name) in (True, False)
