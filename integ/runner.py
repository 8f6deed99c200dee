"""Runs checks: first all of them send, then each is asked for its outcome."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from integ.check import Check, Steps
from integ.deployment import Deployment
from integ.outcome import NotHereError, NotSoError, Outcome, Verdict, does_not_hold, not_covered


def run_checks(checks: Iterable[Check], on: Deployment, say: Callable[[str], None]) -> dict[str, Outcome]:
    """Return the outcome of each check by id; no check's failure is another's.

    Parameters
    ----------
    checks:
        Which.
    on:
        What they ask.
    say:
        Takes a line of progress.
    """
    outcomes: dict[str, Outcome] = {}
    begun: dict[str, Steps] = {}
    for check in checks:
        steps = check.begin(on)
        ended = _advance(steps)
        if ended is None:
            begun[check.id] = steps
        else:
            outcomes[check.id] = ended
    on.everything_is_sent()
    say(f"everything is sent; waiting for deliveries, up to {on.environment.patience / 60:.0f} minutes")
    for id_, steps in begun.items():
        ended = _advance(steps)
        assert ended is not None, f"the check {id_} yields more than once"
        outcomes[id_] = ended
        say(f"{ended.verdict.value:13} {id_}")
    return outcomes


def _advance(steps: Steps) -> Outcome | None:
    try:
        next(steps)
    except StopIteration as end:
        outcome: Outcome = end.value
        return outcome
    except NotSoError as error:
        return does_not_hold(str(error))
    except NotHereError as error:
        return not_covered(str(error))
    except Exception as error:
        # Whatever stops one check must not stop the others, and the stacks have to be destroyed after them.
        return Outcome(Verdict.NOT_COVERED, f"the check broke off: {_told(error)}", broke=True)
    return None


def _told(error: Exception) -> str:
    """Say what went wrong without what a service quotes of the call: an answer's code, or the kind of error."""
    code = getattr(error, "response", {}).get("Error", {}).get("Code")
    operation = getattr(error, "operation_name", "")
    return f"{operation} was answered {code}" if code else f"{type(error).__name__}: {error}"
