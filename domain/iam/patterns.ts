/** Whether a text matches a pattern, in which `*` stands for any characters and `?` for one. */
export function matchesWildcards(pattern: string, text: string): boolean {
  const source = [...pattern].map((character) => {
    if (character === "*") return ".*";
    return character === "?" ? "." : character.replace(/[^\w]/, "\\$&");
  });
  return new RegExp(`^${source.join("")}$`, "s").test(text);
}

/** Whether an action pattern, e.g. `ec2:Delete*`, has an action. IAM compares actions without regard to case. */
export function matchesAction(pattern: string, action: string): boolean {
  return matchesWildcards(pattern.toLowerCase(), action.toLowerCase());
}

/** Parts of an ARN that colons separate: `arn`, partition, service, Region, account and resource. */
const ARN_PARTS = 6;

/**
 * Whether a resource pattern has an ARN. Part by part: a wildcard matches slashes and colons of the resource, and never
 * reaches from one of the six parts into the next. `*` alone has every resource, and those without an ARN.
 */
export function matchesArn(pattern: string, arn: string): boolean {
  if (pattern === "*") return true;
  const patterns = partsOf(pattern);
  const parts = partsOf(arn);
  return (
    patterns.length === parts.length && patterns.every((each, index) => matchesWildcards(each, parts[index] ?? ""))
  );
}

function partsOf(arn: string): readonly string[] {
  const parts = arn.split(":");
  return [
    ...parts.slice(0, ARN_PARTS - 1),
    ...(parts.length < ARN_PARTS ? [] : [parts.slice(ARN_PARTS - 1).join(":")]),
  ];
}
