/** The effect of a change on deployments of the last release. */
export interface UpgradeProblem {
  /** Id of the problem in `stacks/released/waivers.json`. */
  readonly id: string;
  /** What, rule and remedy. */
  readonly text: string;
}

/** An intended break, which the release notes announce to operators. */
export interface Waiver {
  readonly id: string;
  /** Why it is necessary, and what an operator must do. */
  readonly reason: string;
  /** Day of the decision, `YYYY-MM-DD`. */
  readonly date: string;
}

const WAIVER_REMEDY = "If it is necessary, add a waiver with id, reason and date to stacks/released/waivers.json";

/** One line for each problem without a waiver, and for each waiver that is not needed or incomplete. */
export function upgradeFailures(problems: readonly UpgradeProblem[], waivers: readonly Waiver[]): readonly string[] {
  const waived = new Set(waivers.map(({ id }) => id));
  const found = new Set(problems.map(({ id }) => id));
  return [
    ...problems.filter(({ id }) => !waived.has(id)).map(({ id, text }) => `${text} ${WAIVER_REMEDY}: "${id}".`),
    ...waivers
      .filter(({ id }) => !found.has(id))
      .map(({ id }) => `The waiver "${id}" waives nothing; remove it from stacks/released/waivers.json.`),
    ...waivers
      .filter(({ reason, date }) => reason.length < 20 || !/^20\d\d-[01]\d-[0-3]\d$/.test(date))
      .map(({ id }) => `The waiver "${id}" needs a reason of at least 20 characters and a date, YYYY-MM-DD.`),
  ];
}
