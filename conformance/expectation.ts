import type { Result, Scenario } from "./scenario.ts";

/** The scenarios whose result is not as expected, or missing, each with its problems. */
export function failedScenarios(
  scenarios: readonly Scenario[],
  results: readonly Result[],
): readonly { readonly id: string; readonly problems: readonly string[] }[] {
  return scenarios.flatMap((scenario) => {
    const result = results.find(({ id }) => id === scenario.id);
    const problems = result === undefined ? ["has no result"] : problemsOf(scenario, result);
    return problems.length === 0 ? [] : [{ id: scenario.id, problems }];
  });
}

/** All differences of a result from its scenario's expectation, a sentence each. */
export function problemsOf({ expect }: Scenario, result: Result): readonly string[] {
  if (expect.error !== undefined) return errorProblems(expect.error, result);
  if (result.error !== undefined)
    return [`failed with ${result.error.status} ${result.error.code ?? ""}: ${result.error.message}`];
  const problems: string[] = [];
  const demand = (holds: boolean, what: string) => {
    if (!holds) problems.push(what);
  };
  const { text = "", finish = "", chunks = 0, promptTokens = 0, completionTokens = 0 } = result;
  if (expect.text !== undefined)
    demand(new RegExp(expect.text, "s").test(text), `text ${JSON.stringify(text)} does not match ${expect.text}`);
  if (expect.jsonKeys !== undefined) problems.push(...keyProblems("the text", text, expect.jsonKeys));
  if (expect.finish !== undefined)
    demand(expect.finish.includes(finish), `finish ${JSON.stringify(finish)} is none of ${expect.finish.join(", ")}`);
  if (expect.chunks !== undefined) demand(chunks >= expect.chunks, `${chunks} chunks are fewer than ${expect.chunks}`);
  if (expect.usage === true)
    demand(promptTokens > 0 && completionTokens > 0, `usage ${promptTokens} + ${completionTokens} is not complete`);
  if (expect.choices !== undefined)
    demand(result.choices === expect.choices, `${result.choices} choices instead of ${expect.choices}`);
  if (expect.tool !== undefined) {
    demand(result.tool?.name === expect.tool.name, `tool ${result.tool?.name} instead of ${expect.tool.name}`);
    problems.push(...keyProblems("the arguments", result.tool?.arguments ?? "", expect.tool.argumentKeys));
  }
  if (expect.logprobs === true) demand((result.logprobs ?? 0) > 0, "there are no logprobs");
  if (expect.vectors !== undefined) {
    const lengths = new Set(result.vectors);
    demand(result.vectors?.length === expect.vectors, `${result.vectors?.length} vectors instead of ${expect.vectors}`);
    demand(lengths.size === 1 && !lengths.has(0), `vectors of ${[...lengths].join(", ")} numbers`);
  }
  for (const id of expect.ids ?? [])
    demand(result.ids?.includes(id) === true, `${id} is not in ${result.ids?.join(", ")}`);
  return problems;
}

function errorProblems(wanted: NonNullable<Scenario["expect"]["error"]>, { error }: Result): readonly string[] {
  if (error === undefined) return [`succeeded, instead of ${wanted.status}`];
  const fields = ["status", "code", "param"] as const;
  return fields.flatMap((field) =>
    wanted[field] === undefined || error[field] === wanted[field]
      ? []
      : [`error ${field} ${JSON.stringify(error[field])} instead of ${JSON.stringify(wanted[field])}`],
  );
}

function keyProblems(what: string, text: string, keys: readonly string[]): readonly string[] {
  try {
    const value: unknown = JSON.parse(text);
    const own = typeof value === "object" && value !== null ? Object.keys(value) : [];
    return keys.filter((key) => !own.includes(key)).map((key) => `${what} have no ${key}: ${text}`);
  } catch {
    return [`${what} are not JSON: ${JSON.stringify(text)}`];
  }
}
