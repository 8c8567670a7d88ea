"""Lists the command-line options of `vllm serve`, and its parsers of tool calls and thinking, from a vLLM wheel that is read and never imported.

    pip download vllm==0.31.0 --no-deps --only-binary :all: --python-version 3.12 --platform manylinux_2_28_x86_64
    python3 ami/engine/list-vllm-options.py vllm-0.31.0-*.whl > contracts/engine/vllm-options.json

Importing vLLM needs PyTorch and a GPU's libraries, so the source is parsed: each `add_argument` of the engine, and each
field of the HTTP server's arguments. The number of values of an option follows from its type, as in vLLM's `get_kwargs`.
Needs Python 3.10 or later, and no packages.
"""

import ast
import json
import re
import sys
import zipfile

ENGINE = "vllm/engine/arg_utils.py"
SERVER = "vllm/entrypoints/launchers/cli_args.py"
COLLECTIONS = ("tuple", "list", "set")


class Wheel:
    """The parsed modules of a wheel, with the classes and type aliases that they define."""

    def __init__(self, path: str):
        self.archive = zipfile.ZipFile(path)
        metadata = next(name for name in self.archive.namelist() if name.endswith(".dist-info/METADATA"))
        self.version = re.search(r"^Version: (\S+)", self.read(metadata), re.MULTILINE).group(1)
        self.classes: dict[str, ast.ClassDef] = {}
        self.aliases: dict[str, ast.expr] = {}
        for name in self.archive.namelist():
            if re.match(r"vllm/(config|engine|entrypoints/launchers|v1/attention/backends)/[^/]*\.py$", name):
                self.define(self.module(name))

    def read(self, name: str) -> str:
        return self.archive.read(name).decode()

    def module(self, name: str) -> ast.Module:
        return ast.parse(self.read(name))

    def define(self, module: ast.Module) -> None:
        for node in module.body:
            if isinstance(node, ast.ClassDef):
                self.classes.setdefault(node.name, node)
            elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                self.aliases.setdefault(node.targets[0].id, node.value)

    def fields(self, name: str) -> dict[str, ast.expr]:
        """Type annotations of a class by field, those of its base classes included."""
        found: dict[str, ast.expr] = {}
        for base in self.classes[name].bases:
            if isinstance(base, ast.Name) and base.id in self.classes:
                found |= self.fields(base.id)
        for node in self.classes[name].body:
            if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
                if not ast.unparse(node.annotation).startswith("ClassVar"):
                    found[node.target.id] = node.annotation
        return found

    def members(self, annotation: ast.expr) -> set[str]:
        """The members of a union, without the brackets behind them."""
        if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
            return self.members(ast.parse(annotation.value, mode="eval").body)
        if isinstance(annotation, ast.BinOp):
            return self.members(annotation.left) | self.members(annotation.right)
        if isinstance(annotation, ast.Subscript):
            origin = ast.unparse(annotation.value)
            inner = annotation.slice.elts if isinstance(annotation.slice, ast.Tuple) else [annotation.slice]
            if origin == "Annotated":
                return self.members(inner[0])
            if origin in ("Optional", "Union"):
                return {"None"}.union(*(self.members(each) for each in inner))
            if origin == "tuple" and ast.unparse(inner[-1]) != "...":
                return {f"tuple of {len(inner)}"}
            return {origin}
        if isinstance(annotation, ast.Name) and annotation.id in self.aliases:
            return self.members(self.aliases[annotation.id])
        return {ast.unparse(annotation)}

    def takes(self, annotation: ast.expr) -> str:
        """The kind of value of an option of this type on the command line."""
        members = self.members(annotation)
        if members == {"bool", "str", "None"}:
            return "optional value"
        if "bool" in members:
            return "switch"
        return "values" if members.intersection(COLLECTIONS) and "Literal" not in members else "value"


def add_argument_calls(function: ast.FunctionDef) -> list[ast.Call]:
    calls = [node for node in ast.walk(function) if isinstance(node, ast.Call)]
    return [call for call in calls if isinstance(call.func, ast.Attribute) and call.func.attr == "add_argument"]


def method(cls: ast.ClassDef, name: str) -> ast.FunctionDef:
    return next(node for node in cls.body if isinstance(node, ast.FunctionDef) and node.name == name)


def config_of(value: ast.expr) -> str | None:
    """The class of `get_kwargs(ModelConfig)`; none for any other expression."""
    if isinstance(value, ast.Call) and ast.unparse(value.func) == "get_kwargs":
        return ast.unparse(value.args[0])
    return None


def config_fields(function: ast.FunctionDef) -> dict[str, str]:
    """`model_kwargs = get_kwargs(ModelConfig)`: the variable's name and the class."""
    assigned = [node for node in ast.walk(function) if isinstance(node, ast.Assign)]
    classes = {ast.unparse(node.targets[0]): config_of(node.value) for node in assigned}
    return {name: cls for name, cls in classes.items() if cls is not None}


def sources(function: ast.FunctionDef) -> dict[str, ast.expr]:
    """`dtype_kwargs = model_kwargs["dtype"]` or `dtype_kwargs = get_kwargs(ModelConfig)["dtype"]`: the variable's name and its value."""
    assigned = [node for node in ast.walk(function) if isinstance(node, ast.Assign)]
    return {ast.unparse(node.targets[0]): node.value for node in assigned if isinstance(node.value, ast.Subscript)}


def kind(wheel: Wheel, call: ast.Call, function: ast.FunctionDef) -> str:
    given = {keyword.arg: keyword.value for keyword in call.keywords}
    action = ast.unparse(given["action"]) if "action" in given else ""
    if action == "'store_true'":
        return "flag"
    if action.endswith("BooleanOptionalAction"):
        return "switch"
    if None not in given:
        return "value"
    source = given[None]  # **model_kwargs["dtype"], **{**model_kwargs["dtype"], "default": None} or **dtype_kwargs
    if isinstance(source, ast.Dict):
        source = source.values[source.keys.index(None)]
    if isinstance(source, ast.Name):
        source = sources(function)[source.id]
    config = config_of(source.value) or config_fields(function)[ast.unparse(source.value)]
    return wheel.takes(wheel.fields(config)[source.slice.value])


def options(wheel: Wheel) -> tuple[dict[str, str], dict[str, str]]:
    """The kind of value of each long option, and the long options of the short ones."""
    takes: dict[str, str] = {}
    short: dict[str, str] = {}
    server = wheel.module(SERVER)
    make = next(node for node in server.body if isinstance(node, ast.FunctionDef) and node.name == "make_arg_parser")
    functions = [make, *(method(wheel.classes[name], "add_cli_args") for name in ("EngineArgs", "AsyncEngineArgs"))]
    for function in functions:
        for call in add_argument_calls(function):
            names = [argument.value for argument in call.args if isinstance(argument, ast.Constant)]
            long = [name for name in names if name.startswith("--")]
            for name in long:
                takes[name] = kind(wheel, call, function)
            for name in names:
                if name.startswith("-") and name not in long:
                    short[name] = long[0]
    for field, annotation in wheel.fields("FrontendArgs").items():
        takes["--" + field.replace("_", "-")] = wheel.takes(annotation)
    for field in single_values(wheel):
        takes["--" + field.replace("_", "-")] = "value"
    return takes, short


def single_values(wheel: Wheel) -> set[str]:
    """Fields of the server whose list type is removed: `del frontend_kwargs["allowed_origins"]["nargs"]`."""
    found = set()
    for name in ("BaseFrontendArgs", "FrontendArgs"):
        text = ast.unparse(method(wheel.classes[name], "_customize_cli_kwargs"))
        found |= set(re.findall(r"del frontend_kwargs\['(\w+)'\]\['nargs'\]", text))
    return found


def registered(wheel: Wheel, package: str) -> list[str]:
    """Names of the parsers that a package registers: the keys of its `…_TO_REGISTER`."""
    for node in wheel.module(f"vllm/{package}/__init__.py").body:
        if isinstance(node, (ast.Assign, ast.AnnAssign)) and isinstance(node.value, ast.Dict):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            if ast.unparse(targets[0]).endswith("_TO_REGISTER"):
                return sorted(key.value for key in node.value.keys)
    sys.exit(f"vllm/{package} registers its parsers in another way now: change registered() in this file.")


def main() -> None:
    if len(sys.argv) != 2:
        sys.exit("Usage: python3 ami/engine/list-vllm-options.py vllm-VERSION-*.whl > contracts/engine/vllm-options.json")
    wheel = Wheel(sys.argv[1])
    takes, short = options(wheel)
    data = {
        "version": wheel.version,
        "options": dict(sorted(takes.items())),
        "short": dict(sorted(short.items())),
        "toolCallParsers": registered(wheel, "tool_parsers"),
        "reasoningParsers": registered(wheel, "reasoning"),
    }
    print(json.dumps(data, indent=2))


main()
