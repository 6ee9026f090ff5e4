"""``python -m cli.cvs``: its commands, their flags, and how it ends."""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import sys
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from cli.arguments import Parser, count, day, moment, seconds
from cli.cvs.exit_code import EXIT_CODES, ExitCode
from cli.unforeseen import report_unforeseen
from shared_code.errors import EngineError, RequestError
from shared_code.intake.states import JobState

if TYPE_CHECKING:
    from cli.cvs.session import Session

    OpenSession: TypeAlias = Callable[[argparse.Namespace], AbstractAsyncContextManager[Session]]
    Command: TypeAlias = Callable[[Session, argparse.Namespace], Awaitable[ExitCode]]

DEFAULT_CONCURRENCY = 8
DEFAULT_LIMIT = 20
DEFAULT_INTERVAL_SECONDS = 2.0
_OPTIONAL_PACKAGES = {"rich", "xlsxwriter"}
_DOCUMENT = "a document id (64 hexadecimal digits, or its first 8 or more), or a file on this machine"


def parse_arguments(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """The flags; ends the process with 0 after ``--help``, with 64 where they are wrong."""
    parser = Parser(
        prog="python -m cli.cvs",
        description="CVs for operators: submit, follow, fetch, put back, erase.",
        epilog=EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def command(name: str, text: str) -> Parser:
        added: Parser = commands.add_parser(
            name,
            help=text,
            description=f"{text[0].upper()}{text[1:]}.",
            epilog=EXIT_CODES,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        return added

    _add_submit(command("submit", "upload the files of a folder and register them; skips what is there"))
    _add_status(command("status", "how many jobs are in which state, and the newest of them"))
    _add_watch(command("watch", "follow the counts until nothing is open"))
    results = command("results", "fetch results: JSON, or one row per candidate")
    _add_results(results)
    retry = command("retry", "put failed or rejected jobs back")
    _add_retry(retry)
    _add_erase(command("erase", "erase a document and every personal trace of it"))
    _add_retention(command("retention", "erase what has been kept long enough (RETENTION_DAYS)"))
    costs = command("costs", "what each day cost, as last derived from the call log")
    _add_costs(costs)
    for name in commands.choices:
        _add_account(commands.choices[name])
    options = parser.parse_args(arguments)
    if options.command == "retry" and bool(options.documents) == (options.failed or options.rejected):
        retry.error("name documents, or say --failed, --rejected or both")
    if options.command == "results" and options.documents and options.since:
        results.error("--since is for all results, not for named ones")
    if options.command == "costs" and options.first and options.last and options.last < options.first:
        costs.error("--to lies before --from")
    return options


def _add_account(parser: argparse.ArgumentParser) -> None:
    account = parser.add_argument_group("storage account")
    account.add_argument(
        "--settings", type=Path, metavar="FILE", help="for variables not set (local.settings.json)"
    )
    which = account.add_mutually_exclusive_group()
    which.add_argument("--connection-string", metavar="TEXT", help="instead of AzureWebJobsStorage")
    which.add_argument(
        "--account", metavar="NAME", help="by identity, instead of AzureWebJobsStorage__accountName"
    )


def _add_submit(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", type=_folder, metavar="FOLDER")
    parser.add_argument("--recursive", action="store_true", help="with its folders; hidden ones stay out")
    parser.add_argument("--limit", type=count, metavar="N", help="submit at most N files that are new")
    parser.add_argument(
        "--concurrency", type=count, metavar="N", default=DEFAULT_CONCURRENCY, help="files at a time (8)"
    )


def _add_status(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("document", nargs="?", metavar="DOCUMENT_ID|FILE", help=_DOCUMENT)
    parser.add_argument("--state", type=JobState, choices=list(JobState), metavar="STATE", help=_STATES)
    _add_since(parser, "only jobs received since then")
    parser.add_argument(
        "--limit", type=count, metavar="N", default=DEFAULT_LIMIT, help="rows of the table (20)"
    )
    parser.add_argument("--json", action="store_true", help="print JSON instead")


def _add_watch(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--interval", type=seconds, metavar="SECONDS", default=DEFAULT_INTERVAL_SECONDS, help="(2)"
    )
    _add_since(parser, "only jobs received since then, for the exit code too")


def _add_results(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("documents", nargs="*", metavar="DOCUMENT_ID|FILE", help=_DOCUMENT)
    _add_since(parser, "only results written since then")
    parser.add_argument("--format", choices=("json", "csv", "xlsx"), required=True)
    parser.add_argument(
        "--output",
        type=Path,
        metavar="PATH",
        required=True,
        help="the file; for json a folder, with a file for each document, unless it ends in .json",
    )


def _add_retry(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("documents", nargs="*", metavar="DOCUMENT_ID|FILE", help=_DOCUMENT)
    parser.add_argument("--failed", action="store_true", help="all that failed")
    parser.add_argument("--rejected", action="store_true", help="all that were rejected")
    _add_yes(parser)


def _add_erase(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("document", metavar="DOCUMENT_ID|FILE", help=f"{_DOCUMENT}, which is left alone")
    _add_yes(parser)


def _add_retention(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--dry-run", action="store_true", help="count, and erase nothing")


def _add_costs(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--rebuild", action="store_true", help="derive the days anew from the call log")
    parser.add_argument("--from", dest="first", type=day, metavar="YYYY-MM-DD", help="(29 days before)")
    parser.add_argument("--to", dest="last", type=day, metavar="YYYY-MM-DD", help="(today, UTC)")


def _add_since(parser: argparse.ArgumentParser, text: str) -> None:
    parser.add_argument("--since", type=moment, metavar="2h|2026-11-21", help=text)


def _add_yes(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--yes", action="store_true", help="do not ask")


def main(arguments: Sequence[str] | None = None, *, open_session: OpenSession | None = None) -> int:
    """Run one command; returns the exit code.

    Args:
        arguments: The command line; by default the process's own.
        open_session: How to get at the storage account; by default as the flags and settings say.
    """
    options = parse_arguments(arguments)
    # Whoever logs, logs to stderr: stdout is the command's.
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="%(message)s")
    try:
        return asyncio.run(_run(options, open_session))
    except (KeyboardInterrupt, asyncio.CancelledError):
        return _end(ExitCode.INTERRUPTED, "interrupted")
    except BrokenPipeError:
        # Whoever read stdout left; flushing it at exit must not fail again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return ExitCode.DONE
    except SystemExit:
        return ExitCode.DONE  # the console's own answer when whoever read stdout left
    except ModuleNotFoundError as error:
        package = (error.name or "").partition(".")[0]
        if package not in _OPTIONAL_PACKAGES:
            report_unforeseen(error)
            return ExitCode.INTERNAL
        return _end(
            ExitCode.IMPOSSIBLE,
            f"error: {package} is not installed. Mend it with: pip install -r requirements-cli.txt",
        )
    except RequestError as error:
        return _end(ExitCode.USAGE, f"error: {error.message}")
    except EngineError as error:
        return _end(ExitCode.IMPOSSIBLE, f"error: {error.message}")
    except Exception as error:  # noqa: BLE001  (Python's own 1 would say: somebody should look)
        report_unforeseen(error)
        return ExitCode.INTERNAL


async def _run(options: argparse.Namespace, open_session: OpenSession | None) -> ExitCode:
    command = _command(options.command)
    if open_session is None:
        from cli.cvs.session import opened_session

        open_session = opened_session
    async with open_session(options) as session:
        return await command(session, options)


def _command(name: str) -> Command:
    from cli.cvs.costs import costs
    from cli.cvs.erasing import erase, retention
    from cli.cvs.results import results
    from cli.cvs.retrying import retry
    from cli.cvs.status import status
    from cli.cvs.submitting import submit
    from cli.cvs.watching import watch

    commands: dict[str, Command] = {
        "submit": submit,
        "status": status,
        "watch": watch,
        "results": results,
        "retry": retry,
        "erase": erase,
        "retention": retention,
        "costs": costs,
    }
    return commands[name]


def _end(code: ExitCode, message: str) -> ExitCode:
    print(message, file=sys.stderr)
    return code


def _folder(text: str) -> Path:
    folder = Path(text)
    try:
        is_folder = folder.is_dir()
    except OSError:  # a name that no file system takes
        is_folder = False
    if not is_folder:
        raise argparse.ArgumentTypeError(f"{text} is no folder")
    return folder


_STATES = ", ".join(JobState)
