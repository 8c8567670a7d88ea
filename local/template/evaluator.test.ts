// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are OpenTofu's expressions.
import { describe, expect, test } from "vitest";
import { Evaluator, type EvaluatorOptions } from "./evaluator.ts";
import type { Json, JsonObject } from "./json.ts";
import { rawResources, type Stack } from "./stacks.ts";

const stack = (name: string, document: JsonObject): Stack => ({ name, folder: `/${name}`, document });

/** The value of an expression inside a stack of this content. */
function evaluate(value: Json, document: JsonObject = {}, options: Partial<EvaluatorOptions> = {}): Json {
  const own = stack("dev-edge", document);
  const evaluator = new Evaluator({ stacks: [own], attributes: () => ({}), variables: {}, ...options });
  return evaluator.value(value, own);
}

const balancer = {
  aws_lb: {
    main: {
      name: "front",
      subnets: ["s-1", "s-2"],
      access_logs: { bucket: "logs", enabled: true },
      tags: [{ key: "Name" }],
    },
  },
};

describe("values", () => {
  test("everything without an expression stays as it is, at any depth", () => {
    const value = { a: [1, true, null, "text"], b: { c: "x" } };
    expect(evaluate(value)).toEqual(value);
  });

  test("expressions are resolved at any depth, and a lone one has its own type", () => {
    const document = { resource: balancer };
    expect(evaluate({ list: ["${aws_lb.main.subnets}", "id: ${aws_lb.main.name}"] }, document)).toEqual({
      list: [["s-1", "s-2"], "id: front"],
    });
  });

  test("functions take what their arguments evaluate to", () => {
    const document = { resource: balancer };
    const text = '${jsonencode({"name" = upper(aws_lb.main.name), "all" = [aws_lb.main.subnets[1], "${1}-x"]})}';
    expect(evaluate(text, document)).toBe('{"name":"FRONT","all":["s-2","1-x"]}');
  });

  test("a list inside text is refused rather than printed somehow", () => {
    expect(() => evaluate("x ${aws_lb.main.subnets}", { resource: balancer })).toThrow(
      'expected text, got ["s-1","s-2"]',
    );
  });
});

describe("references", () => {
  test("configuration is reached through blocks, with and without an index", () => {
    const document = { resource: balancer };
    expect(evaluate("${aws_lb.main.access_logs.bucket}", document)).toBe("logs");
    expect(evaluate("${aws_lb.main.access_logs[0].bucket}", document)).toBe("logs");
    expect(evaluate("${aws_lb.main.tags[0].key}", document)).toBe("Name");
  });

  test("computed attributes win over configuration", () => {
    const attributes = () => ({ name: "computed", arn: "arn:x" });
    expect(evaluate("${aws_lb.main.name} ${aws_lb.main.arn}", { resource: balancer }, { attributes })).toBe(
      "computed arn:x",
    );
  });

  test("references chain: a resource's configuration may refer to another", () => {
    const resource = { ...balancer, aws_x: { y: { of: "${aws_lb.main.name}!" } } };
    expect(evaluate("${aws_x.y.of}", { resource })).toBe("front!");
  });

  test("data sources are found under data", () => {
    const document = { data: { aws_ami: { image: { owner: "me" } } } };
    expect(evaluate("${data.aws_ami.image.owner}", document)).toBe("me");
  });

  test("an unknown resource is refused by its address and stack", () => {
    expect(() => evaluate("${aws_lb.gone.arn}")).toThrow("dev-edge: nothing is called aws_lb.gone.arn.");
  });

  test("an unknown attribute is refused by name, type and stack", () => {
    expect(() => evaluate("${aws_lb.main.dns_name}", { resource: balancer })).toThrow(
      "The twin does not know the attribute dns_name of aws_lb (dev-edge).",
    );
  });

  test("an unknown function is refused by name, also one that every object has", () => {
    expect(() => evaluate("${cidrsubnet(1)}")).toThrow("The twin does not know the function cidrsubnet()");
    expect(() => evaluate("${constructor(1)}")).toThrow("The twin does not know the function constructor()");
  });

  test("an attribute that refers to itself is refused, not followed for ever", () => {
    const resource = { aws_x: { a: { v: "${aws_x.b.v}" }, b: { v: "${aws_x.a.v}" } } };
    expect(() => evaluate("${aws_x.a.v}", { resource })).toThrow("dev-edge/aws_x.a.v refers to itself.");
  });

  test("a refused reference is not remembered: the same one can be tried again", () => {
    const own = stack("dev-edge", { resource: { aws_x: { a: { v: "${aws_lb.gone.arn}" } } } });
    const evaluator = new Evaluator({ stacks: [own], attributes: () => ({}), variables: {} });
    for (let time = 0; time < 2; time++)
      expect(() => evaluator.value("${aws_x.a.v}", own)).toThrow("nothing is called aws_lb.gone.arn");
  });

  test("locals are evaluated where they stand, and a missing one is named", () => {
    const locals = { zones: ["a", "b"], label: "${upper(local.zones[1])}" };
    expect(evaluate("${local.label}", { locals })).toBe("B");
    expect(() => evaluate("${local.other}", { locals })).toThrow("dev-edge: there is no local value other.");
  });
});

describe("variables", () => {
  const variable = {
    plain: { type: "string", default: "given" },
    count: { type: "number", default: 2 },
    on: { type: "bool", default: false },
    list: { type: "list(string)", default: [] },
    certificate: { type: "string" },
  };
  const value = (name: string, variables = {}) => evaluate(`\${var.${name}}`, { variable }, { variables });

  test("the default holds when no value is set", () => {
    expect([value("plain"), value("count"), value("on"), value("list")]).toEqual(["given", 2, false, []]);
  });

  test("a set value wins and has the declared type", () => {
    const variables = { plain: "5", count: "5", on: "true", list: '["a"]' };
    expect([value("plain", variables), value("count", variables)]).toEqual(["5", 5]);
    expect([value("on", variables), value("list", variables)]).toEqual([true, ["a"]]);
  });

  test("a set value of another type is refused with name, value and rule", () => {
    expect(() => value("count", { count: "five" })).toThrow('TF_VAR_count must be a number, got "five"');
    expect(() => value("on", { on: "1" })).toThrow('TF_VAR_on must be a bool, got "1"');
  });

  test("one that an operator must set on AWS has a placeholder here", () => {
    expect(value("certificate")).toBe("local-certificate");
  });

  test("an undeclared one is refused, even when a value is set", () => {
    expect(() => value("typo", { typo: "x" })).toThrow("dev-edge: there is no variable typo.");
  });
});

describe("references to another stack", () => {
  const producer = stack("dev-serving", {
    terraform: { backend: { s3: { key: "dev/serving.tfstate" } } },
    resource: balancer,
    output: { balancer: { value: "${aws_lb.main.arn}" }, subnets: { value: "${aws_lb.main.subnets}" } },
  });
  const consumer = stack("dev-edge", {
    data: { terraform_remote_state: { serving: { backend: "s3", config: { key: "dev/serving.tfstate" } } } },
  });
  const evaluator = new Evaluator({
    stacks: [producer, consumer],
    attributes: ({ stack: { name } }) => ({ arn: `arn:${name}` }),
    variables: {},
  });
  const outputs = "data.terraform_remote_state.serving.outputs";

  test("an output is evaluated in the stack that has it", () => {
    expect(evaluator.value(`\${${outputs}.balancer}`, consumer)).toBe("arn:dev-serving");
    expect(evaluator.value(`\${${outputs}.subnets[1]}`, consumer)).toBe("s-2");
  });

  test("an output that no stack has is refused with its name and state", () => {
    expect(() => evaluator.value(`\${${outputs}.gone}`, consumer)).toThrow(
      "dev-edge: no stack here has the output gone (state dev/serving.tfstate).",
    );
  });

  test("the same address in two stacks means two resources", () => {
    expect(() => evaluator.value("${aws_lb.main.arn}", consumer)).toThrow(
      "dev-edge: nothing is called aws_lb.main.arn.",
    );
  });
});

describe("a resource's configuration", () => {
  test("comes without the arguments that are OpenTofu's own", () => {
    const own = stack("dev-edge", {
      resource: { aws_x: { a: { name: "${1}", depends_on: ["x"], lifecycle: {}, provider: "aws", count: 1 } } },
    });
    const evaluator = new Evaluator({ stacks: [own], attributes: () => ({}), variables: {} });
    expect(evaluator.config(rawResources(own)[0]!)).toEqual({ name: 1 });
  });
});
