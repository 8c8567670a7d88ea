/**
 * Link to an alarm's section: every alarm's description ends with it, and a test checks that the heading exists.
 * @param heading heading in docs/operations.md, under "Alarms"
 */
export function runbookLink(heading: string): string {
  return `docs/operations.md#${headingAnchor(heading)}`;
}

/** The anchor that Markdown viewers give to a heading. */
export function headingAnchor(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^a-z0-9 -]/g, "")
    .replaceAll(" ", "-");
}
