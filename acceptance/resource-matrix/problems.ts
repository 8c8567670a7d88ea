import type { Column } from "./columns.ts";

/**
 * Problems of the matrix, a sentence each: types with nothing in a column, and exemptions that exempt nothing.
 * @param types resource types of the synthesized stacks of every environment
 */
export function matrixProblems(types: ReadonlySet<string>, columns: readonly Column[]): readonly string[] {
  return columns.flatMap((column) => [...emptyCells(types, column), ...unusedExemptions(types, column)]);
}

function emptyCells(types: ReadonlySet<string>, { name, covered, exemptions, remedy, exemptIn }: Column) {
  const exempt = new Set(exemptions.flatMap((each) => each.types));
  return [...types]
    .filter((type) => !covered.has(type) && !exempt.has(type))
    .toSorted()
    .map((type) => `${type} has no ${name}: add ${remedy}, or state why none is needed in ${exemptIn}.`);
}

function unusedExemptions(types: ReadonlySet<string>, { name, covered, exemptions, exemptIn }: Column) {
  const exempt = exemptions.flatMap((each) => each.types);
  return exempt.toSorted().flatMap((type, index, all) => {
    const take = (why: string) => [`${type} needs no exemption from the ${name}, ${why}: remove it from ${exemptIn}.`];
    if (all[index - 1] === type) return take("it has another");
    if (covered.has(type)) return take("it has one");
    return types.has(type) ? [] : take("no stack has it");
  });
}
