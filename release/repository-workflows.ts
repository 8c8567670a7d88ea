/** The project's workflows that a team's repository has too. */
export const SHARED_WORKFLOWS = ["deploy.yml", "drift.yml"] as const;

/** `setup-node`, with the condition that it may have. */
const SETUP_NODE = /^( +)- uses: actions\/setup-node@.*\n(?:\1 {2}(if: .*)\n)?\1 {2}with:\n\1 {4}node-version: 24\n/gm;

/**
 * One of the project's workflows for a team's repository: there the command is the package's binary, and the packages are
 * installed by a step of their own (a checkout's commands install them).
 */
export function repositoryWorkflow(text: string): string {
  return text
    .replaceAll(SETUP_NODE, (step, indent: string, condition: string | undefined) =>
      condition === undefined
        ? `${step}${indent}- run: npm ci --omit=optional\n`
        : `${step}${indent}- ${condition}\n${indent}  run: npm ci --omit=optional\n`,
    )
    .replaceAll("npm run --silent sluice --", "npx --no-install sluice")
    .replaceAll(/(?<![\w/])docs\/(?=[\w-]+\.md)/g, "node_modules/sluice/docs/");
}
