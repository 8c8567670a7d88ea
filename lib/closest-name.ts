/**
 * The name that is the fewest edits (letters added, removed or replaced) away from a misspelled one; `undefined` when
 * even the closest one differs in more than a third of the letters.
 */
export function closestName(misspelled: string, names: readonly string[]): string | undefined {
  const [closest] = names
    .map((name) => ({ name, distance: editDistance(misspelled, name) }))
    .filter(({ distance }) => distance <= misspelled.length / 3)
    .sort((a, b) => a.distance - b.distance);
  return closest?.name;
}

/** Levenshtein's distance, a row of the table at a time. */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (const [index, letter] of [...from].entries()) {
    const next = [index + 1];
    for (const [column, other] of [...to].entries())
      next.push(
        Math.min((row[column] ?? 0) + (letter === other ? 0 : 1), (row[column + 1] ?? 0) + 1, (next[column] ?? 0) + 1),
      );
    row = next;
  }
  return row[to.length] ?? 0;
}
