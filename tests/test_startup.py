from tests.bench.startup import startup


def test_help_feels_instant() -> None:
    measured = startup(rounds=7)
    assert measured.help - measured.bare <= 0.150, str(measured)
