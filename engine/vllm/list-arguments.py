"""Tells what the installed vLLM's own parser makes of command lines: `list-arguments.py < LISTS.json`.

Reads a JSON array of argument lists and prints one JSON object: vLLM's version, its options and parsers in the form of
`contracts/engine/vllm-options.json`, and the reason for each list that it refuses. Takes half a minute: vLLM imports PyTorch.
"""

import argparse
import contextlib
import io
import json
import sys
from importlib.metadata import version

from vllm.engine.arg_utils import AsyncEngineArgs
from vllm.entrypoints.launchers.cli_args import make_arg_parser, validate_parsed_serve_args
from vllm.reasoning import ReasoningParserManager
from vllm.tool_parsers import ToolParserManager
from vllm.utils.argparse_utils import FlexibleArgumentParser


def kind(action: argparse.Action) -> str:
    if isinstance(action, argparse.BooleanOptionalAction):
        return "switch"
    if action.nargs == 0:
        return "flag"
    if action.nargs == "?":
        return "optional value"
    return "values" if action.nargs in ("+", "*") else "value"


def options(parser: argparse.ArgumentParser) -> tuple[dict[str, str], dict[str, str]]:
    """The kind of each long option, and the long options of the short ones; of a switch, without its `--no-` form."""
    takes: dict[str, str] = {}
    short: dict[str, str] = {}
    for action in parser._actions:
        names = action.option_strings
        long = [name for name in names if name.startswith("--")]
        if isinstance(action, argparse._HelpAction):
            continue
        for name in long:
            if not (kind(action) == "switch" and name.startswith("--no-")):
                takes[name] = kind(action)
        for name in names:
            if not name.startswith("--"):
                short[name] = long[0]
    return takes, short


def refusal(parser: argparse.ArgumentParser, arguments: list[str]) -> str | None:
    """Why vLLM refuses a command line; none where it accepts it."""
    errors = io.StringIO()
    try:
        with contextlib.redirect_stderr(errors):
            args = parser.parse_args(arguments)
            validate_parsed_serve_args(args)
            AsyncEngineArgs.from_cli_args(args)
    except SystemExit:
        return errors.getvalue().strip().splitlines()[-1]
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    if args.tool_call_parser and args.tool_call_parser not in ToolParserManager.list_registered():
        return f"no tool call parser {args.tool_call_parser}"
    if args.reasoning_parser and args.reasoning_parser not in ReasoningParserManager.list_registered():
        return f"no reasoning parser {args.reasoning_parser}"
    return None


def main() -> None:
    parser = make_arg_parser(FlexibleArgumentParser())
    takes, short = options(parser)
    refusals = [(arguments, refusal(parser, arguments)) for arguments in json.load(sys.stdin)]
    data = {
        "version": version("vllm"),
        "options": dict(sorted(takes.items())),
        "short": dict(sorted(short.items())),
        "toolCallParsers": sorted(ToolParserManager.list_registered()),
        "reasoningParsers": sorted(ReasoningParserManager.list_registered()),
        "refused": [{"arguments": each, "reason": reason} for each, reason in refusals if reason is not None],
    }
    print(json.dumps(data, indent=2))


main()
