"""Tells what the installed vLLM's own parser makes of command lines: `list-arguments.py < LISTS.json`.

Reads a JSON array of argument lists and prints one JSON object: vLLM's version, its options and parsers in the form of
`contracts/engine/vllm-options.json`, the values of its options in the form of `contracts/engine/vllm-values.json`, and the
reason for each list that it refuses. Takes half a minute: vLLM imports PyTorch.
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


def value_kind(convert: object) -> str | None:
    """The kind of an option's value, by the function that vLLM reads it with; none for a text of any form."""
    if convert in (int, float):
        return "integer" if convert is int else "number"
    if convert is json.loads or getattr(convert, "__name__", "") == "parse_dataclass":
        return "JSON"
    for cell in getattr(convert, "__closure__", None) or ():
        inner = value_kind(cell.cell_contents)
        if inner is not None:
            return inner
    return None


def values(parser: argparse.ArgumentParser) -> dict[str, str | list[str]]:
    """By option, the values that it has, or the kind of its value; options of any text are not in it."""
    found: dict[str, str | list[str]] = {}
    for action in parser._actions:
        allowed = sorted(map(str, action.choices)) if action.choices else value_kind(action.type)
        for name in action.option_strings:
            if allowed is not None and name.startswith("--"):
                found[name] = allowed
    return found


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
        "values": dict(sorted(values(parser).items())),
        "refused": [{"arguments": each, "reason": reason} for each, reason in refusals if reason is not None],
    }
    print(json.dumps(data, indent=2))


main()
