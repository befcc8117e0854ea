"""What is asked of every import, whatever was in its file."""

from typing import Any

from tests.fixtures.tenant import Tenant
from tests.model.account import OUTCOMES, Account, Result
from tests.model.strategies import Upload

REPORTED = ("import_id", "account_id", "source", "correlation_id", "channel", "counts")
REASONS = ("reasons", "warning_reasons")


async def follows_the_model(tenant: Tenant, account: Account, upload: Upload) -> None:
    """One import into the system and the model: the same result, the same contacts."""
    expected = account.import_file(upload.data, upload.options)
    found = await tenant.import_file(upload.data, upload.options)
    balances(found)
    assert result_of(found) == without_outcomes(expected)
    await is_confirmed(tenant, found)
    if expected.status == "completed":
        assert await tenant.outcomes(found["import_id"]) == expected.outcomes
    assert await tenant.contacts() == account.contacts
    assert await tenant.consents() == {"opted_in": account.opted_in, "opted_out": account.opted_out}


def balances(found: dict[str, Any]) -> None:
    """Every record has exactly one outcome, and every rejected one a reason."""
    counts = found["counts"]
    assert counts["records"] == sum(counts[name] for name in OUTCOMES)
    assert counts["rejected"] == sum(found["reasons"].values())
    if found["status"] == "completed":
        assert counts["unprocessed"] == 0


def result_of(found: dict[str, Any]) -> dict[str, Any]:
    error = found["error"]
    return {
        "status": found["status"],
        "code": error["code"] if error else None,
        "counts": found["counts"],
        "reasons": found["reasons"],
        "warning_reasons": found["warning_reasons"],
    }


def without_outcomes(expected: Result) -> dict[str, Any]:
    return {
        "status": expected.status,
        "code": expected.code,
        "counts": expected.counts,
        "reasons": expected.reasons,
        "warning_reasons": expected.warning_reasons,
    }


async def is_confirmed(tenant: Tenant, found: dict[str, Any]) -> None:
    """The confirmation on the topic says what the API says, once."""
    event = (await tenant.topics.final(found["import_id"])).data
    for name in (*REPORTED, *REASONS, "accepted_at", "completed_at"):
        assert event[name] == found[name], name
    assert event["lists"] == found["lists"]
