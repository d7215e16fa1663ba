"""Which jobs and tasks migrate a database, judged by their names."""

import re

_MIGRATES = re.compile(
    r"migrat|schema|flyway|liquibase|alembic|prisma|(?:^|[-_])db[-_]?(?:init|update|upgrade|deploy)", re.IGNORECASE
)


def is_migration(name: str) -> bool:
    """Whether a job or task of this name most likely migrates a database."""
    return _MIGRATES.search(name) is not None
